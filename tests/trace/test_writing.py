"""Files that are replaced as a whole, or written under a new name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.trace.writing import alone, create, replacing, write_new


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


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.link", full)
        patched.setattr(Path, "rename", full)
        with pytest.raises(OSError, match="No space"):
            create(tmp_path / "new.yaml", b"text")
    assert os.listdir(tmp_path) == []
    create(tmp_path / "new.yaml", b"text")
    with pytest.raises(FileExistsError):
        create(tmp_path / "new.yaml", b"other")
    assert (tmp_path / "new.yaml").read_bytes() == b"text"
    assert os.listdir(tmp_path) == ["new.yaml"]


def test_a_file_system_without_links_gets_its_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", unsupported)
    create(tmp_path / "new.yaml", b"text")
    assert [path.name for path in tmp_path.iterdir()] == ["new.yaml"]


ADDS = """
import subprocess
import sys
from pathlib import Path
from simulator.trace.writing import alone, replacing
file = Path(sys.argv[1])
for _ in range(40):
    with alone(file.parent):
        number = int(file.read_text())
        with replacing(file) as stream:
            stream.write(str(number + 1))
"""


def test_programs_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_text("0")
    adding = [subprocess.Popen([sys.executable, "-c", ADDS, str(file)]) for _ in range(3)]
    assert [program.wait(60) for program in adding] == [0, 0, 0]
    assert file.read_text() == "120"


def test_nobody_waits_for_ever_for_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.trace.writing.LONGEST_WAIT", 0.05)
    with alone(tmp_path), pytest.raises(OSError, match="another program"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
