"""Wording of the code: docstrings open with a verb or a noun phrase, a class name has one meaning (CONTRIBUTING)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources import PACKAGE, modules

QUESTIONS = frozenset("what who whom whose whether how where when why which".split())


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every docstring, of a module, a class, a function, or an attribute (below it)."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text


@pytest.mark.parametrize(
    "source",
    ['"""What it does."""', 'def f():\n    """How it goes: by itself."""', 'X = 1\n"""Where it is."""'],
    ids=["module", "function", "attribute"],
)
def test_a_question_is_found_wherever_a_docstring_stands(source: str) -> None:
    assert [first_word(text) in QUESTIONS for _, text in docstrings(ast.parse(source))] == [True]


def test_no_docstring_opens_with_a_question_word() -> None:
    found = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {text.strip().splitlines()[0]}"
        for path, tree in modules().items()
        for line, text in docstrings(tree)
        if first_word(text) in QUESTIONS
    ]
    assert found == []


def first_word(text: str) -> str:
    return text.split(maxsplit=1)[0].rstrip(":,.;").lower() if text.strip() else ""


def test_a_class_name_has_one_meaning() -> None:
    """Only the format's model of a thing, and a part's view of another as a Protocol, may share the thing's name."""
    found: dict[str, list[str]] = {}
    for path, tree in modules().items():
        if path.parent.name == "schema":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.ClassDef)
                and not node.name.startswith("_")
                and "Protocol" not in map(ast.unparse, node.bases)
            ):
                found.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
