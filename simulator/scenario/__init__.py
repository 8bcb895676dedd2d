"""The scenario language: YAML files become checked `Scenario` objects.

Each name is imported on first use, so listing scenarios does not wait for YAML and the schema.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.scenario.course import Course, load_course
    from simulator.scenario.library import find_scenario, library_folder, scenario_names
    from simulator.scenario.load import Edit, Scenario, load_scenario, parse_scenario, scenario_files
    from simulator.scenario.problems import Mark, Problem, ScenarioError
    from simulator.scenario.schema import json_schema

__all__ = [
    "Course",
    "Edit",
    "Mark",
    "Problem",
    "Scenario",
    "ScenarioError",
    "find_scenario",
    "json_schema",
    "library_folder",
    "load_course",
    "load_scenario",
    "parse_scenario",
    "scenario_files",
    "scenario_names",
]

_HOMES = {
    **dict.fromkeys(("Course", "load_course"), "course"),
    **dict.fromkeys(("find_scenario", "library_folder", "scenario_names"), "library"),
    **dict.fromkeys(("Edit", "Scenario", "load_scenario", "parse_scenario", "scenario_files"), "load"),
    **dict.fromkeys(("Mark", "Problem", "ScenarioError"), "problems"),
    "json_schema": "schema",
}


def __getattr__(name: str) -> Any:
    """Import a public name."""
    if name not in _HOMES:
        raise AttributeError(name)
    found = globals()[name] = getattr(import_module(f"simulator.scenario.{_HOMES[name]}"), name)
    return found
