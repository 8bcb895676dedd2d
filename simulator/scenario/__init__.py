"""What is asked for: YAML files, checked, as `Scenario` objects."""

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
