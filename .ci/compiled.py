"""A build hook for hatchling: compiles the engine with mypyc into the wheel. `make compiled` enables it.

The sources stay as they are, and the wheel has them beside the compiled modules. Two things differ while it compiles:

- msgspec's structs, which are the fastest records there are for an interpreter, become classes with `__init__`, whose
  attributes compiled code reaches without looking up their names;
- modules that inherit from, or are inherited by, interpreted classes are left out.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ENGINE = "simulator/engine"
BESIDE = ("simulator/trace/time.py",)
"""Compiled along with the engine: what it computes with all the time."""
LEFT_OUT = {
    "kernel.py": "inherits from SimPy's Environment",
    "limits.py": "inherits from a class of the world, which is not compiled",
    "simulation.py": "is inherited from",
    "__init__.py": "only imports",
}

BUILD = """
import sys
from setuptools import setup
from mypyc.build import mypycify

modules = mypycify(["--config-file=", "--ignore-missing-imports", *sys.argv[2:]], opt_level="2")
setup(name="engine", packages=[], ext_modules=modules, script_args=["-q", "build_ext", "--inplace"])
"""


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile and add the modules; an editable install stays pure Python."""
        if version == "editable":
            return
        self._built = TemporaryDirectory()
        there = Path(self._built.name)
        shutil.copytree(Path(self.root) / "simulator", there / "simulator")
        engine = sorted((there / ENGINE).rglob("*.py"))
        chosen = [path for path in engine if path.name not in LEFT_OUT] + [there / name for name in BESIDE]
        become_classes(chosen)
        names = [str(path.relative_to(there)) for path in chosen]
        # As a process: setuptools and mypyc work in the current directory and write to the terminal.
        done = subprocess.run(
            [sys.executable, "-c", BUILD, "build", *names],
            cwd=there,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{done.stdout}{done.stderr}\nThe engine could not be compiled.")
        for found in sorted(there.rglob("*.so")) + sorted(there.rglob("*.pyd")):
            inside = found.relative_to(there)
            if inside.parts[0] != "build":
                build_data["force_include"][str(found)] = str(inside)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was built."""
        if version != "editable":
            self._built.cleanup()


# -- records ------------------------------------------------------------------------------------------------------


class Field(NamedTuple):
    """A field of a record."""

    name: str
    annotation: str
    default: str | None
    is_fresh: bool
    """Whether each record has a default (a list, a dict) of its own."""
    kw_only: bool

    @property
    def parameter(self) -> str:
        """How `__init__` takes it."""
        if self.default is None:
            return f"{self.name}: {self.annotation}"
        if self.is_fresh:
            return f"{self.name}: {self.annotation} | None = None"
        return f"{self.name}: {self.annotation} = {self.default}"

    @property
    def assignment(self) -> str:
        """How `__init__` keeps it."""
        value = f"{self.default} if {self.name} is None else {self.name}" if self.is_fresh else self.name
        return f"self.{self.name} = {value}"


def become_classes(paths: list[Path]) -> None:
    """Rewrite every msgspec struct of these modules, wherever its bases are defined, as a class with `__init__`."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    classes = {
        node.name: (path, node) for path, tree in trees.items() for node in tree.body if isinstance(node, ast.ClassDef)
    }
    fields: dict[str, list[Field] | None] = {}

    def fields_of(name: str) -> list[Field] | None:
        """Return all fields of a struct, inherited ones first; None for any other class."""
        if name == "msgspec.Struct":
            return []
        if name not in classes:
            return None
        if name not in fields:
            node = classes[name][1]
            inherited = [fields_of(ast.unparse(base)) for base in node.bases]
            known = [found for found in inherited if found is not None]
            fields[name] = [*known[0], *_own_fields(node)] if known else None
        return fields[name]

    changed = set()
    for name, (path, node) in classes.items():
        found = fields_of(name)
        if found is not None:
            changed.add(path)
            _rewrite(node, found)
    for path in changed:
        tree = trees[path]
        # An inherited field may have a type that its own module does not import.
        after = next(place for place, node in enumerate(tree.body) if isinstance(node, ast.ImportFrom)) + 1
        tree.body.insert(after, ast.parse("from typing import Any").body[0])
        path.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")


def _own_fields(node: ast.ClassDef) -> list[Field]:
    kw_only = any(given.arg == "kw_only" and ast.unparse(given.value) == "True" for given in node.keywords)
    found = []
    for line in node.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            default = None if line.value is None else ast.unparse(line.value)
            is_fresh = isinstance(line.value, ast.List | ast.Dict)
            found.append(Field(line.target.id, ast.unparse(line.annotation), default, is_fresh, kw_only))
    return found


def _rewrite(node: ast.ClassDef, fields: list[Field]) -> None:
    ordered = [one for one in fields if not one.kw_only], [one for one in fields if one.kw_only]
    parameters = [one.parameter for one in ordered[0]]
    if ordered[1]:
        parameters += ["*", *(one.parameter for one in ordered[1])]
    lines = "".join(f"    {one.assignment}\n" for one in fields)
    init = ast.parse(f"def __init__(self, {', '.join(parameters)}) -> None:\n{lines}").body[0]
    for line in node.body:
        if isinstance(line, ast.AnnAssign):
            line.value = None
    node.body.append(init)
    node.bases = [base for base in node.bases if ast.unparse(base) != "msgspec.Struct"]
    node.keywords = []
