"""Files that are replaced as a whole, or written under a new name."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import simulator.trace.writing
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


class Msvcrt(ModuleType):
    """Windows' locks: of a range from where a file stands, refused to a second descriptor with `PermissionError`."""

    LK_UNLCK, LK_NBLCK = 0, 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.held: dict[tuple[int, int], int] = {}
        """The descriptor that has the lock, by file and place."""
        self.asked: list[int] = []

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        """Lock or unlock."""
        assert (mode in (self.LK_UNLCK, self.LK_NBLCK), count) == (True, 1)
        self.asked.append(mode)
        place = (os.fstat(descriptor).st_ino, os.lseek(descriptor, 0, os.SEEK_CUR))
        holder = self.held.get(place)
        if (mode == self.LK_NBLCK and holder is not None) or (mode == self.LK_UNLCK and holder != descriptor):
            raise PermissionError(13, "Permission denied")
        if mode == self.LK_NBLCK:
            self.held[place] = descriptor
        else:
            del self.held[place]


@pytest.mark.skipif(sys.platform == "win32", reason="there, the real ones are tested")
def test_windows_has_its_own_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locks = Msvcrt()
    with monkeypatch.context() as patched:
        patched.setattr(sys, "platform", "win32")
        patched.setitem(sys.modules, "msvcrt", locks)
        windows = runpy.run_path(str(simulator.trace.writing.__file__))
    alone_there = windows["alone"]
    alone_there.__wrapped__.__globals__["LONGEST_WAIT"] = 0.05
    with alone_there(tmp_path), pytest.raises(OSError, match="another program"), alone_there(tmp_path):
        pass
    assert not locks.held
    with pytest.raises(KeyboardInterrupt), alone_there(tmp_path):
        raise KeyboardInterrupt
    assert not locks.held
    with alone_there(tmp_path):
        assert len(locks.held) == 1
    assert os.listdir(tmp_path) == [".lock"]
    assert {locks.LK_NBLCK, locks.LK_UNLCK} == {*locks.asked}


def test_nobody_waits_for_ever_for_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.trace.writing.LONGEST_WAIT", 0.05)
    with alone(tmp_path), pytest.raises(OSError, match="another program"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
