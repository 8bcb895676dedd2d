"""The README's pictures are what the program shows, and right for Korean."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from simulator.tui.svg import CELL
from tests.screens.make import FOLDER, PICTURES, make_pictures

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return make_pictures(tmp_path_factory.mktemp("pictures"))


def test_they_are_up_to_date(drawn: list[Path]) -> None:
    assert {path.stem for path in drawn} == set(PICTURES)
    old = [path.name for path in drawn if path.read_bytes() != (FOLDER / path.name).read_bytes()]
    assert not old, "make screens"


def test_every_text_is_as_long_as_its_cells(drawn: list[Path]) -> None:
    for path in drawn:
        for text in ElementTree.parse(path).iter(f"{SVG}text"):
            assert text.text is not None
            assert float(text.attrib["textLength"]) == pytest.approx(cell_len(text.text) * CELL, abs=0.01)


def test_they_load_nothing_from_elsewhere(drawn: list[Path]) -> None:
    for path in drawn:
        content = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http" not in content
        assert "url(" not in content
        assert "@font-face" not in content
