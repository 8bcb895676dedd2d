"""Every text that a module of words has is said somewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.sources import PACKAGE, modules


def module_of(file: Path) -> str:
    return ".".join(["simulator", *file.relative_to(PACKAGE).with_suffix("").parts])


def texts(tree: ast.Module) -> Iterator[str]:
    """The names of `Words` at the top of a module."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="Words"))):
                yield name


def uses(module: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names used by a module: (the module that defines it, name)."""
    aliases: dict[str, str] = {}
    nodes = [*ast.walk(tree)]
    for node in nodes:
        match node:
            case ast.ImportFrom(module=str(origin), names=names):
                for one in names:
                    aliases[one.asname or one.name] = f"{origin}.{one.name}"
                    yield origin, one.name
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=name) if alias in aliases:
                yield aliases[alias], name
            case ast.Name(id=name, ctx=ast.Load()):
                yield module, name
            case ast.Call(func=ast.Name(id="globals")):  # hands out all of its own by name
                yield from ((module, name) for name in texts(tree))


def test_no_text_is_left_over() -> None:
    trees = {module_of(file): tree for file, tree in modules().items()}
    used = {use for module, tree in trees.items() for use in uses(module, tree)}
    had = {(module, name) for module, tree in trees.items() for name in texts(tree)}
    assert len(had) > 300
    assert sorted(had - used) == []
