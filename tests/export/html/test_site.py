"""The course as a site: its index, its pages, and the progress that a browser keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys
from typer.testing import CliRunner

from simulator.cli.lessons import open_book, read_syllabus
from simulator.cli.shared import app
from simulator.cli.site import lesson_page
from simulator.course.syllabus import Syllabus
from simulator.export.html.page import LARGEST
from simulator.export.html.site import INDEX, index_page, links_of, page_name
from tests.browsers import Browser
from tests.export.html.pages import LANGS, told_of, unpack

FIRST, SECOND = "why-delay", "empty-queue"


@pytest.fixture(scope="module")
def syllabus() -> Syllabus:
    return read_syllabus(open_book(False, "en"))


@pytest.fixture(scope="module")
def site(syllabus: Syllabus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index, and the page of one lesson."""
    folder = tmp_path_factory.mktemp("site")
    (folder / INDEX).write_text(index_page(syllabus, "both"), encoding="utf-8")
    lesson = syllabus.find(SECOND)
    assert lesson is not None
    page = lesson_page(SECOND, "both", "en", links_of(syllabus, lesson))
    assert page is not None
    (folder / page_name(lesson)).write_text(page, encoding="utf-8")
    return folder


@pytest.fixture
def index(browser: Browser, site: Path) -> Iterator[Browser]:
    browser.screen()
    browser.open(site / INDEX)
    browser.find(".lesson")
    yield browser
    browser.open(site / INDEX)
    browser.run("localStorage.clear()")


@pytest.mark.parametrize("lang", LANGS)
def test_the_index_lists_each_lesson_of_each_part(syllabus: Syllabus, lang: str) -> None:
    told = told_of(unpack(index_page(syllabus, "both")), lang)
    listed = [[lesson["key"] for lesson in part["lessons"]] for part in told["parts"]]
    assert listed == [[lesson.key for lesson in unit.lessons] for unit in syllabus.units]
    for part, unit in zip(told["parts"], syllabus.units, strict=True):
        assert part["title"] == unit.title[lang]
        assert all(lesson["summary"] for lesson in part["lessons"])


def test_each_page_leads_to_the_next(syllabus: Syllabus) -> None:
    links = [links_of(syllabus, lesson) for lesson in syllabus.lessons]
    assert [one.following for one in links] == [*(page_name(lesson) for lesson in syllabus.lessons[1:]), ""]
    assert {one.index for one in links} == {INDEX}


def test_a_lesson_seen_to_its_end_is_done(index: Browser, site: Path) -> None:
    assert index.text(".progressline span").startswith("0 of ")
    index.run("[...document.querySelectorAll('.lesson a')].find(a => a.href.includes(arguments[0])).click()", SECOND)
    index.find(".words *")
    index.press(Keys.END)
    index.press("1", Keys.END)
    assert index.run("return document.querySelector('.results a').href").endswith("three-task-order.html")
    index.run("[...document.querySelectorAll('.tools a')][0].click()")
    index.find(".lesson")
    assert index.text(".progressline span").startswith("1 of ")
    assert "done" in index.text(".lesson.done small")
    assert FIRST in index.run("return document.querySelector('.begin').href")
    index.find("footer .link").click()
    assert index.text("footer .link") == "Really forget it"
    index.find("footer .link").click()
    assert index.text(".progressline span").startswith("0 of ")
    assert index.errors() == []


def test_a_lesson_left_before_its_question_is_not_done(index: Browser, site: Path) -> None:
    index.open(next(site.glob(f"*{SECOND}.html")))
    index.find(".words *")
    index.press(Keys.END, Keys.END)
    index.open(site / INDEX)
    index.find(".lesson")
    assert index.text(".progressline span").startswith("0 of ")


@pytest.mark.parametrize(
    "kept", ["[]", "{", '{"lessons": 3, "lang": 4}', '{"lessons": {"empty-queue": {"right": {}}}}']
)
def test_whatever_is_kept_the_index_is_shown(index: Browser, site: Path, kept: str) -> None:
    index.run("localStorage.setItem('ackademy', arguments[0])", kept)
    index.open(site / INDEX)
    index.find(".lesson")
    assert index.text(".progressline span")[:1] in "01"
    assert index.errors() == []


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_everybody_can_use_the_index(index: Browser, site: Path, phone: bool) -> None:
    index.screen(*((390, 844) if phone else (1280, 800)), phone=phone, dark=phone)
    index.open(site / INDEX)
    index.find(".lesson")
    assert index.accessibility() == []
    assert index.run("return document.documentElement.scrollWidth") <= (390 if phone else 1280)
    index.find(".tools button").click()
    assert index.run("return document.documentElement.lang") == "ko"
    assert index.text(".begin").startswith("시작하기")


def test_what_a_site_needs_is_said(tmp_path: Path) -> None:
    for words in (
        ["--to", "html"],
        ["--to", "celery-events", "-o", str(tmp_path)],
        ["retry", "--to", "html", "-o", "x"],
    ):
        ended = CliRunner().invoke(app, ["export", "--course", *words])
        assert ended.exit_code == 2
        assert "--course takes --to html and -o FOLDER" in ended.stderr
    assert CliRunner().invoke(app, ["export", "--to", "html"]).exit_code == 2


def test_a_site_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("mine")
    ended = CliRunner().invoke(app, ["export", "--course", "--to", "html", "-o", str(tmp_path)])
    assert ended.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == [INDEX]
    assert (tmp_path / INDEX).read_text() == "mine"


def make_course(folder: Path, broken: bool = False) -> Path:
    """A course of two lessons."""
    folder.mkdir()
    parts = "parts: [{title: {en: Mine, ko: 내 것}, lessons: [one, two]}]"
    (folder / "course.yaml").write_text(parts, encoding="utf-8")
    for name in ("one", "two"):
        text = "title: {en: A, ko: 가}\nworkers: 1\ntasks: {a: 1}\nsend: [{at: 0, task: a}]\n"
        (folder / f"{name}.yaml").write_text(text + ("what: 3" if broken else ""), encoding="utf-8")
    return folder


def test_an_own_course_is_a_site_too(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    ended = CliRunner().invoke(app, ["export", str(course), "--course", "--to", "html", "-o", str(tmp_path / "site")])
    assert ended.exit_code == 0, ended.stderr
    pages = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "site").iterdir()}
    assert set(pages) == {INDEX, "00-one.html", "01-two.html"}
    told = told_of(unpack(pages[INDEX]), "ko")
    assert [lesson["key"] for lesson in told["parts"][0]["lessons"]] == ["course/one", "course/two"]
    assert told_of(unpack(pages["01-two.html"]), "en")["runs"][0]["lesson"] == "course/two"
    # Nothing tells where the files were.
    assert not any(str(tmp_path) in json.dumps(unpack(page)) for page in pages.values())


def test_a_broken_lesson_is_refused_with_its_place(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course", broken=True)
    ended = CliRunner().invoke(app, ["export", str(course), "--course", "--to", "html", "-o", str(tmp_path / "site")])
    assert ended.exit_code == 2
    assert "one.yaml:5:1" in ended.stderr
    assert not (tmp_path / "site").exists()


def test_a_lesson_that_cannot_be_run_ends_the_export(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    with (course / "two.yaml").open("a", encoding="utf-8") as file:
        file.write("variants: {worse: {en: Worse, ko: 더 나쁨, set: {config.nonsense: 1}}}\n")
    site = tmp_path / "site"
    ended = CliRunner().invoke(app, ["export", str(course), "--course", "--to", "html", "-o", str(site)])
    assert ended.exit_code == 2
    assert not (site / INDEX).exists()


@pytest.mark.soak
def test_the_whole_course_is_written(syllabus: Syllabus, tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["export", "--course", "--to", "html", "-o", str(tmp_path / "site"), "--jobs", "2"])
    assert ended.exit_code == 0, ended.stderr
    names = {INDEX, *(page_name(lesson) for lesson in syllabus.lessons)}
    assert {path.name for path in (tmp_path / "site").iterdir()} == names
    for path in (tmp_path / "site").iterdir():
        assert path.stat().st_size <= LARGEST, path.name
        json.dumps(unpack(path.read_text(encoding="utf-8")))
