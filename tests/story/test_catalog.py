"""The words themselves: both languages, the same parameters, Korean particles that fit."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from typing import Any

import pytest

import simulator.console
import simulator.course
import simulator.scene
import simulator.story
from simulator.scenario import load_scenario, scenario_names
from simulator.story.catalog import Line, Words, line, pick, plain
from simulator.story.problems.problem_words import PROBLEMS

PARTICLE = re.compile(r"""\}["')\]]*(은|는|이|가|을|를|와|과|로|으로|라는|이라는)(?![가-힣])""")
"""A particle whose form follows the sound before it, right after something that is filled in."""

PARTICLE_AFTER_NUMBER = re.compile(r"[A-Za-z_](\d+)(은|는|이|가|을|를|과|와|으로|로)(?![가-힣])")
"""A name that ends in a number, and the particle after it."""


def catalogue() -> Iterator[tuple[str, Words]]:
    for room in (simulator.story, simulator.course, simulator.console, simulator.scene):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                yield from ((f"{module.name}.{name}", words) for words in _words(value))


def _words(value: Any) -> Iterator[Words]:
    if isinstance(value, Words):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _words(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _words(item)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_is_a_catalogue() -> None:
    assert len(list(catalogue())) > 150


def test_both_languages_say_something_and_fill_in_the_same() -> None:
    for name, words in catalogue():
        assert words.ko.strip(), name
        assert words.en.strip(), name
        missing = placeholders(words.ko) ^ placeholders(words.en)
        # Numbers need a plural in English only; which of its own forms is chosen, the code decides.
        assert missing <= {"count", "questions"}, (name, words)


def test_no_korean_particle_follows_what_is_filled_in() -> None:
    assert PARTICLE.search("{name}을 찾음")
    assert PARTICLE.search('"{name}"가 없음')
    assert [(name, words.ko) for name, words in catalogue() if PARTICLE.search(words.ko)] == []


def fitting(number: str) -> set[str]:
    """The particles that fit the sound of a number: after a vowel (이, 사, 오, 구), ㄹ (일, 칠, 팔) or a consonant."""
    if number[-1] in "2459":
        return {"는", "가", "를", "와", "로"}
    return {"은", "이", "을", "과", "로" if number[-1] in "178" else "으로"}


def test_korean_particles_in_the_lessons_follow_the_sound_of_a_name() -> None:
    found = [
        (name, row, *match.groups())
        for name in scenario_names()
        for row in load_scenario(name).source.lines
        for match in PARTICLE_AFTER_NUMBER.finditer(row)
    ]
    assert len(found) > 100
    assert [(name, row) for name, row, number, particle in found if particle not in fitting(number)] == []


def test_korean_sentences_keep_celerys_words_in_latin_letters() -> None:
    for name, words in catalogue():
        assert not re.search("워커|태스크|브로커|프로듀서|큐", words.ko), (name, words.ko)


@pytest.mark.parametrize("room", ["narrate.sentences", "why", "tell"])
def test_english_sentences_begin_with_a_capital(room: str) -> None:
    sentences = [words.en for name, words in catalogue() if name.startswith(f"simulator.story.{room}.")]
    assert sentences
    for sentence in sentences:
        said = re.sub(r"^\{(who|worker|task)\}( → [A-Z][\w ]*)?: |^Broker( → \{worker\})?: \"?", "", sentence)
        assert said[0] in "{[(#" or not said[0].isalpha() or said[0].isupper(), sentence


def test_every_problem_with_braces_has_a_parameter() -> None:
    # Without one the text is not formatted, and doubled braces would stay doubled.
    for code, words in PROBLEMS.items():
        assert placeholders(words.en) or "{" not in words.en + words.ko, code


def test_a_line_says_its_parameters_in_its_own_language() -> None:
    hello = line(Words("{who} 님, {more}", "{who}, {more}"), who="Kim", more=Words("안녕", "hello"))
    assert hello.text("ko") == "Kim 님, 안녕"
    assert hello.text("en") == "Kim, hello"
    assert hello.text("both") == "Kim 님, 안녕\nKim, hello"
    assert plain("Queue: {}").text("both") == "Queue: {}"
    assert isinstance(hello, Line)


def test_pick_falls_back_to_the_other_language() -> None:
    assert pick({"en": "One order"}, "ko") == "One order"
    assert pick({"ko": "주문", "en": "Order"}, "both") == "주문\nOrder"
    assert pick(None, "en") == ""
