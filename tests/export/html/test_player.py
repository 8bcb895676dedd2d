"""The page that plays a run, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from simulator.export.html import player_page
from simulator.play.playback import Playback
from simulator.story import sentence
from simulator.story.catalog import pick
from tests.browsers import Browser
from tests.export.html.pages import opened, page_of
from tests.export.html.test_page import hostile_run

LESSON = "three-task-order"
QUESTION = 19
"""The event at which the question is asked."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pages") / "lesson.html"
    file.write_text(page_of(LESSON, "slow_email", "celery_defaults"), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def desktop(browser: Browser, page: Path) -> Iterator[None]:
    browser.screen()
    browser.open(page)
    browser.find(".words .now")
    browser.errors()
    yield
    browser.open(page)
    browser.run("localStorage.clear()")


@dataclass(frozen=True)
class Shown:
    """What the page shows of a moment."""

    clock: str
    now: str
    """What has happened."""
    queue: list[str]
    workers: dict[str, list[str]]
    """The tasks that run, by worker."""


def look(browser: Browser) -> Shown:
    """Read the page."""
    script = """const texts = (css) => [...document.querySelectorAll(css)].map((found) => found.textContent);
        const uuids = (box) => [...box.querySelectorAll('.slot [data-uuid]')].map((chip) => chip.dataset.uuid);
        const workers = [...document.querySelectorAll('.box.worker')].map((box) => [box.dataset.name, uuids(box)]);
        return [texts('.clock').join(), texts('.words .now').join(), texts('.box.queue .chip b'),
            Object.fromEntries(workers)]"""
    return Shown(*browser.run(script))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_order_is_stepped_through_to_its_end_and_back(browser: Browser, lang: str) -> None:
    run, seen = opened(LESSON), []
    playback = Playback(run)
    if lang == "ko":
        browser.press("L")
    for cursor, time in playback.rests[1:]:
        browser.press(Keys.ARROW_RIGHT)
        if cursor == QUESTION:
            assert look(browser).now == ""
            browser.press("1", "2")
        shown, world = look(browser), run.world(cursor)
        assert shown.clock == f"{time / 1e6:.2f}" + ("초" if lang == "ko" else " s")
        assert shown.now.endswith(sentence(run.timeline, cursor - 1, lang))
        assert shown.queue == list(world.queues["celery"].uuids())
        assert shown.workers == {name: [one.uuid for one in world.workers[name].active()] for name in world.workers}
        seen.append(shown)
    assert browser.text(".results h2") == ("정리" if lang == "ko" else "Summary")
    for before in reversed(seen[:-1]):
        browser.press(Keys.ARROW_LEFT)
        assert look(browser) == before
    assert browser.errors() == []


def test_nothing_passes_a_question(browser: Browser, page: Path) -> None:
    for place in ("#event=30", "#t=3.9", f"#event={QUESTION}"):
        browser.open(page, place)
        browser.find(".choice")
        assert browser.text(".where") == f"event {QUESTION}"
    browser.press(Keys.ARROW_RIGHT, Keys.END, " ", Keys.PAGE_DOWN, ".")
    assert browser.count(".choice") == 3
    assert browser.text(".toast").startswith("Answer the question first")
    assert not browser.count(".verdict")
    assert "Task3" not in browser.text(".timeline")


@pytest.mark.parametrize(("key", "kind"), [("1", "right"), ("2", "wrong"), (Keys.ENTER, "unknown")])
def test_an_answer_is_judged_where_the_run_shows_it(browser: Browser, page: Path, key: str, kind: str) -> None:
    browser.open(page, f"#event={QUESTION}")
    browser.find(".choice")
    browser.press(key, "2")
    assert not browser.count(".verdict")
    assert browser.text(".given") != ""
    browser.press(Keys.PAGE_DOWN)
    assert browser.count(f".verdict.{kind}") == 1
    ask = opened(LESSON).stops[-2].item
    assert pick(getattr(ask, "why", None), "en") in browser.text(".verdict")
    refuted = pick(ask.choices[1].because, "en")  # type: ignore[union-attr]
    assert (refuted in browser.text(".verdict")) == (kind == "wrong")
    browser.press(Keys.HOME, Keys.END)
    assert browser.text(".results .result b").strip() == {"right": "right", "wrong": "wrong"}.get(kind, "not sure")


def test_a_click_answers_and_the_focus_stays(browser: Browser, page: Path) -> None:
    browser.open(page, f"#event={QUESTION}")
    for _ in range(2):
        browser.find(".choice").click()
        assert browser.run("return document.activeElement.className").startswith("words")
    assert browser.text(".given b").startswith("At 2 s")


def test_playing_stops_at_each_note_and_at_the_question(browser: Browser) -> None:
    browser.press(*">>>")
    for _ in range(8):
        browser.press(" ")
        browser.wait("return document.querySelector('.transport .main').title === 'Play'")
        if browser.count(".choice"):
            break
    assert browser.text(".where") == f"event {QUESTION}"


def test_messages_fly_unless_less_motion_is_preferred(browser: Browser, page: Path) -> None:
    for still in (True, False):
        browser.screen(still=still)
        browser.open(page, "#t=0.4")
        browser.find(".words .now")
        browser.run(
            "window.flown = 0; const old = Element.prototype.animate; Element.prototype.animate = function (...a) "
            "{ if (this.matches('.pill')) window.flown += 1; return old.apply(this, a); }"
        )
        browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        assert (browser.run("return window.flown") > 0) == (not still)


def test_korean_is_a_key_away_and_remembered(browser: Browser, page: Path) -> None:
    assert browser.run("return document.documentElement.lang") == "en"
    browser.press("ㅣ")
    assert browser.run("return document.documentElement.lang") == "ko"
    assert browser.text("h1") == pick(opened(LESSON).title, "ko")
    browser.open(page, f"#event={QUESTION}")
    assert "worker1" in browser.find(".choice").text
    assert browser.text(".unsure") == "모르겠음"
    browser.find(".tools button[lang]").click()
    assert browser.run("return document.activeElement.textContent") == "한국어"
    browser.press("L")
    assert browser.text(".transport .where") == f"이벤트 {QUESTION}"


@pytest.mark.parametrize("phone", [False, True], ids=["desktop in the light", "phone in the dark"])
def test_everybody_can_use_it(browser: Browser, page: Path, phone: bool) -> None:
    browser.screen(*((390, 844) if phone else (1280, 800)), phone=phone, dark=phone)
    browser.open(page, f"#event={QUESTION}")
    browser.find(".choice")
    assert browser.accessibility() == []
    browser.press("2", "2", Keys.PAGE_DOWN)
    assert browser.count(".verdict")
    assert browser.accessibility() == []
    browser.press(Keys.END)
    browser.find(".results h2")
    browser.run("document.querySelector('details').open = true; document.querySelector('.compared .link').click()")
    browser.find(".compared table")
    assert browser.accessibility() == []


def test_chapters_lead_to_their_moments(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "chapters.html"
    file.write_text(page_of("retry"), encoding="utf-8")
    browser.open(file)
    browser.find(".words *")
    browser.press(Keys.END)
    assert browser.count(".choice")
    told = browser.texts(".chapter option")
    assert len(told) < len(opened("retry").chapters)  # no chapter behind the question is told of
    browser.press("1", Keys.END)
    assert len(browser.texts(".chapter option")) == len(opened("retry").chapters)
    choose = "s.focus(); s.selectedIndex = 1; s.dispatchEvent(new Event('change'))"
    browser.run(f"const s = document.querySelector('.chapter select'); {choose}")
    assert browser.text(".clock") == f"{opened('retry').chapters[1].at / 1e6:.2f} s"
    assert browser.run("return document.querySelector('.chapter select').selectedIndex") == 1
    assert browser.run("return document.activeElement.tagName") == "SELECT"


def test_a_phone_needs_no_scrolling_sideways_and_has_room_for_a_thumb(browser: Browser, page: Path) -> None:
    browser.screen(390, 844, phone=True)
    for place in ("", f"#event={QUESTION}"):
        browser.open(page, place)
        browser.find(".words")
        assert browser.run("return document.documentElement.scrollWidth") <= 390
        small = """return [...document.querySelectorAll('.transport button, .choice')].filter(e => e.offsetParent)
            .map(e => e.getBoundingClientRect()).filter(r => r.height < 40 || r.width < 32).length"""
        assert browser.run(small) == 0
        # What happens and the buttons are on the first screen.
        for css in (".words", ".transport"):
            assert browser.run("return document.querySelector(arguments[0]).getBoundingClientRect().bottom", css) <= 844


def test_a_swipe_is_a_step(browser: Browser, page: Path) -> None:
    browser.screen(390, 844, phone=True)
    browser.open(page)
    before = look(browser)
    stage = browser.find(".stage").rect
    x, y = stage["x"] + 250, stage["y"] + 20

    def touch(kind: str, x: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    for way, there in (((x, x - 60, x - 120), True), ((x - 120, x - 60, x), False)):
        touch("touchStart", way[0])
        for place in way[1:]:
            touch("touchMove", place)
        touch("touchEnd", way[-1])
        assert (look(browser) != before) == there


def test_the_scrubber_is_dragged_and_has_keys(browser: Browser) -> None:
    slider = browser.find(".slider")
    width = slider.size["width"]
    ActionChains(browser.driver).move_to_element_with_offset(
        slider, -width // 2 + 2, 5
    ).click_and_hold().move_by_offset(int(width * 0.7 / 5), 0).release().perform()
    assert browser.text(".clock") == "0.50 s"
    assert slider.get_attribute("aria-valuetext") == "0.50 s, event 11"
    browser.run("arguments[0].focus()", slider)
    browser.press(Keys.ARROW_LEFT)
    assert slider.get_attribute("aria-valuetext") == "0.50 s, event 10"
    browser.press(Keys.ARROW_UP)
    assert slider.get_attribute("aria-valuetext") == "0.50 s, event 11"


def test_variants_are_tabs_and_are_compared(browser: Browser) -> None:
    browser.run("document.querySelector('[role=tab]').focus()")
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert browser.text("[aria-selected=true]") == browser.run("return document.activeElement.textContent")
    assert browser.text(".about").startswith("Changed: ")
    browser.press(Keys.END)
    for _ in range(2):
        browser.find(".choice").click()
        browser.press(Keys.END)
    assert not browser.count(".compared table")
    browser.find(".compared .link").click()
    assert browser.count(".compared .side svg") == 2
    assert "3 s" not in browser.texts(".compared tbody th")
    assert "end" in browser.texts(".compared tbody th")
    browser.find(".side .link").click()
    assert browser.text("[aria-selected=true]") == "The original"


def test_what_a_trace_says_stays_text(browser: Browser, tmp_path: Path) -> None:
    mark = "</script><script>owned=1</script><img src=x onerror=owned=1>\"'`${owned=1}"
    file = tmp_path / "hostile.html"
    file.write_text(player_page([hostile_run(tmp_path, mark)], "both"), encoding="utf-8")
    browser.open(file)
    browser.find(".words .now")
    for _ in range(12):
        browser.press(".")
    browser.run("document.querySelector('details').open = true")
    assert browser.run("return typeof owned") == "undefined"
    assert not browser.count("main img, main script, main [onerror]")
    assert mark in browser.text(".box.worker h3")
    assert mark in browser.text("h1")
    assert browser.count(".transcript li")
    assert browser.errors() == []


def test_a_page_in_a_frame_without_storage_plays(browser: Browser, page: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer.html"
    outer.write_text(f'<!doctype html><title>x</title><iframe sandbox="allow-scripts" src="{page.as_uri()}"></iframe>')
    browser.open(outer)
    browser.driver.switch_to.frame(0)
    browser.find(".words .now")
    browser.press("L", Keys.ARROW_RIGHT)
    assert browser.text(".words .now") != ""
    browser.driver.switch_to.default_content()


def test_nothing_is_asked_for_and_the_first_picture_comes_soon(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.find(".stage .box")
    assert browser.run("return performance.getEntriesByType('resource').length") == 0
    browser.wait("return performance.getEntriesByName('first-contentful-paint').length")
    assert (
        browser.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime") < 3000
    )  # 0.1 s if idle


def test_on_paper_there_are_no_buttons_and_all_that_happened(browser: Browser, page: Path) -> None:
    browser.open(page, "#t=0.5")
    browser.find(".words .now")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    browser.print()
    assert not browser.find(".transport").is_displayed()
    assert browser.count(".transcript li") == 8
    assert browser.find(".transcript").is_displayed()
