"""The README's pictures are what the program shows, and right for Korean."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from simulator.tui.capture.svg import CELL
from tests.screens.make import FOLDER, PICTURES, draw_picture

SVG = "{http://www.w3.org/2000/svg}"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(PICTURES)


@pytest.mark.parametrize("file", PICTURES)
def test_a_picture_is_up_to_date(file: str) -> None:
    assert draw_picture(file) == (FOLDER / f"{file}.svg").read_text(encoding="utf-8"), "make screens"


@pytest.mark.parametrize("file", PICTURES)
def test_every_text_is_as_long_as_its_cells(file: str) -> None:
    texts = list(ElementTree.parse(FOLDER / f"{file}.svg").iter(f"{SVG}text"))
    assert len(texts) > 10
    for text in texts:
        assert text.text is not None
        assert float(text.attrib["textLength"]) == pytest.approx(cell_len(text.text) * CELL, abs=0.01)


@pytest.mark.parametrize("file", PICTURES)
def test_a_picture_loads_nothing_from_elsewhere(file: str) -> None:
    content = (FOLDER / f"{file}.svg").read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in content
    assert "url(" not in content
    assert "@font-face" not in content
