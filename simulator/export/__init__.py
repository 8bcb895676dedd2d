"""Documents: scenario files made from a configuration or a recording, and worksheets."""

from simulator.export.from_conf import NotAConfiguration, read_conf, scenario_from_conf
from simulator.export.from_recording import scenario_from_recording
from simulator.export.from_table import UNITS, TableColumns, scenario_from_table
from simulator.export.scenario_file import Draft, scenario_text
from simulator.export.worksheet import bind_sheets, sheet_blocks, table_blocks, worksheet

__all__ = [
    "UNITS",
    "Draft",
    "NotAConfiguration",
    "TableColumns",
    "bind_sheets",
    "read_conf",
    "scenario_from_conf",
    "scenario_from_recording",
    "scenario_from_table",
    "scenario_text",
    "sheet_blocks",
    "table_blocks",
    "worksheet",
]
