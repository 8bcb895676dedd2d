"""A learner's progress: a plain file, no state of which loses anything or stops the program."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.course.learn_words import SEE_AGAIN
from simulator.course.progress import Book, LessonProgress, Progress, progress_file
from simulator.story.problems.errors import format_problems
from tests.test_cli import Call


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ackademy" / "progress.json"


def test_what_is_recorded_is_there_for_the_next_one(file: Path) -> None:
    book = Book(file)
    assert book.progress == Progress()
    assert not file.exists()
    book.record(lambda progress: progress.with_answer("retry", "done", "wrong"))
    book.record(lambda progress: progress.with_answer("retry", "done", "right").with_done("retry"))
    book.record(lambda progress: progress.with_exercise("memory"))
    found = Book(file).progress
    assert found.of("retry").done
    answered = found.of("retry").answers["done"]
    assert (answered.first, answered.last, answered.tries) == ("wrong", "right", 2)
    assert found.of("memory").exercise
    assert found.of("beat") == LessonProgress()
    assert list(file.parent.iterdir()) == [file]


def test_the_choice_is_kept_and_an_answer_that_was_right_once_stays_so(file: Path) -> None:
    book = Book(file)
    for result, choice in (("wrong", "a"), ("right", "b"), ("wrong", "c")):
        book.record(lambda progress, result=result, choice=choice: progress.with_answer("retry", "q", result, choice))  # type: ignore[misc]
    answered = Book(file).progress.of("retry").answers["q"]
    assert (answered.first, answered.last, answered.tries, answered.choice) == ("wrong", "wrong", 3, "c")
    assert answered.right_once


def test_a_file_without_choices_is_read(file: Path) -> None:
    file.parent.mkdir(parents=True)
    old = {"first": "wrong", "last": "right", "tries": 1}
    file.write_text(json.dumps({"version": 1, "lessons": {"retry": {"done": True, "answers": {"q": old}}}}))
    answered = Book(file).progress.of("retry").answers["q"]
    assert answered.choice is None
    assert answered.settled


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_lesson_is_done_once_its_questions_were_right_or_seen_again(
    lang: str, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(name: str, answer: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
        ended = ackademy("learn", name, "--text", "--lang", lang)
        assert ended.status == 0
        return ended.out

    again = SEE_AGAIN.text(lang)
    assert again in learn("retry", "1")
    kept = Book(progress_file()).progress.of("retry")
    assert (kept.done, kept.answers["done"].choice, kept.answers["done"].last) == (False, "3", "wrong")
    assert again not in learn("retry", "2")  # wrong again, but seen twice
    assert Book(progress_file()).progress.of("retry").done
    assert again not in learn("beat", "3")
    assert Book(progress_file()).progress.of("beat").done


def test_two_programs_at_once_lose_nothing(file: Path) -> None:
    one, other = Book(file), Book(file)
    one.record(lambda progress: progress.with_done("retry"))
    other.record(lambda progress: progress.with_done("beat"))
    one.record(lambda progress: progress.with_done("message"))
    assert set(Book(file).progress.lessons) == {"retry", "beat", "message"}


def test_without_a_file_it_is_remembered_and_forgotten() -> None:
    book = Book()
    book.record(lambda progress: progress.with_done("retry"))
    assert book.progress.of("retry").done
    assert Book().progress == Progress()


BROKEN = {
    "cut short": b'{"version": 1, "lessons": {"retry": {"done": tr',
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "another shape": b'{"version": 1, "lessons": []}',
    "an unknown result": b'{"version":1,"lessons":{"a":{"answers":{"q":{"first":"maybe","last":"right","tries":1}}}}}',
    "no version": b"{}",
    "nested": b"[" * 100_000,
    "huge": b" " * 5_000_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_told_of_and_set_aside(name: str, file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(BROKEN[name])
    book = Book(file)
    assert book.progress == Progress()
    kept = file.with_name("progress.json.broken")
    assert kept.read_bytes() == BROKEN[name]
    for lang in ("ko", "en"):
        assert str(kept) in format_problems(book.problems, lang)
    book.record(lambda progress: progress.with_done("retry"))
    assert Book(file).progress.of("retry").done
    file.write_bytes(b"again")
    assert Book(file).progress == Progress()
    assert file.with_name("progress.json.broken-2").read_bytes() == b"again"


def test_a_file_of_a_newer_version_is_left_alone(file: Path) -> None:
    file.parent.mkdir(parents=True)
    text = json.dumps({"version": 2, "lessons": {}, "stars": 5})
    file.write_text(text, encoding="utf-8")
    book = Book(file)
    book.record(lambda progress: progress.with_done("retry"))
    assert [problem.code for problem in book.problems] == ["progress.newer"]
    assert book.progress.of("retry").done
    assert file.read_text(encoding="utf-8") == text


def test_a_place_that_cannot_be_written_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, not a folder", encoding="utf-8")
    book = Book(tmp_path / "state" / "progress.json")
    book.record(lambda progress: progress.with_done("retry"))
    book.record(lambda progress: progress.with_done("beat"))
    assert [problem.code for problem in book.problems] == ["progress.unwritable"]
    assert set(book.progress.lessons) == {"retry", "beat"}


@given(st.binary(max_size=200))
def test_no_file_stops_it(raw: bytes) -> None:
    folder = Path(os.environ["HOME"]) / "any"
    folder.mkdir(exist_ok=True)
    file = folder / "progress.json"
    file.write_bytes(raw)
    Book(file).record(lambda progress: progress.with_done("retry"))
    kept = sorted(folder.iterdir())
    assert len(kept) >= 1
    for path in kept:
        path.unlink()


def test_where_it_is() -> None:
    assert progress_file({"XDG_STATE_HOME": "/x"}) == Path("/x/ackademy/progress.json")
    home = Path.home() / ".local" / "state" / "ackademy" / "progress.json"
    assert progress_file({}) == progress_file({"XDG_STATE_HOME": "relative"}) == home


def test_no_progress_leaves_no_trace(own_home: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)  # closed, as some who start programs do
    before = sorted(own_home.rglob("*"))
    assert ackademy("tell", "three-task-order", "--ask", "--no-progress").status == 0
    assert ackademy("learn", "--no-progress").status == 0
    assert sorted(own_home.rglob("*")) == before


def test_a_broken_file_is_told_of_on_the_command_line(ackademy: Call) -> None:
    file = progress_file()
    file.parent.mkdir(parents=True)
    file.write_text("{", encoding="utf-8")
    ended = ackademy("learn")
    assert ended.status == 0
    assert "is kept as" in ended.err
    assert "One order, three tasks" in ended.out
    file.write_text("{", encoding="utf-8")
    assert "따로 옮겨" in ackademy("learn", "--lang", "ko").err
