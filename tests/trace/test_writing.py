"""Files that are replaced as a whole, or written under a new name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from simulator.trace.writing import replacing, write_new


def begin(file: Path) -> None:
    with replacing(file) as stream:
        stream.write("half of")
        raise KeyboardInterrupt


def test_a_file_is_as_it_was_until_all_of_it_is_written(tmp_path: Path) -> None:
    file = tmp_path / "kept.txt"
    file.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        begin(file)
    assert (file.read_text(), os.listdir(tmp_path)) == ("before", ["kept.txt"])
    with replacing(file) as stream:
        stream.write("가\n")
    assert (file.read_bytes(), os.listdir(tmp_path)) == ("가\n".encode(), ["kept.txt"])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights")
def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    link.symlink_to(file)
    with replacing(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert file.read_text() == "new"
    with replacing(Path(os.devnull)) as stream:
        stream.write("new")
    assert not Path(os.devnull).is_file()


def test_a_new_file_is_never_over_another(tmp_path: Path) -> None:
    names = [write_new(tmp_path, "mine", ".yaml", text).name for text in (b"a", b"b", b"c")]
    assert names == ["mine.yaml", "mine-2.yaml", "mine-3.yaml"]
    assert (tmp_path / "mine.yaml").read_bytes() == b"a"
