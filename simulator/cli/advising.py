"""`lint` and `explain`: settings that will hurt, and causes of what already does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli.authoring import draft_from_conf
from simulator.cli.options import Appearance, Common, command, opening
from simulator.cli.shared import DONE, FAILED, WRONG_INPUT, complain, print_json
from simulator.cli.watching import show

if TYPE_CHECKING:
    from simulator.advice.lint import Advice
    from simulator.advice.symptoms import Symptom
    from simulator.scenario import Scenario
    from simulator.story.catalog import Words

Play = Annotated[
    int | None, typer.Option("--play", metavar="N", min=1, help="Play the demonstration with this number.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@command()
def lint(
    file: Annotated[
        str,
        typer.Argument(metavar="WHAT", help="Output of celery inspect conf --json (- for stdin), or a scenario."),
    ],
    *,
    play: Play = None,
    json: AsJson = False,
    options: Common,
    appearance: Appearance,
) -> int:
    """Find settings that will hurt, each with its consequence and a small scenario that shows it."""
    from simulator.advice.lint import demo_file
    from simulator.advice.lint import lint as find
    from simulator.scenario import ScenarioError
    from simulator.story.problems.errors import problems_in

    language = options.language
    try:
        found = find(_system(file))
    except ScenarioError as error:
        complain(problems_in(error, file), language)
        return WRONG_INPUT
    if play is not None:
        return _show(options, appearance, play, [demo_file(one.finding.rule) for one in found])
    if json:
        print_json([_as_data(one, language) for one in found])
    else:
        for text in _report(file, found, language):
            print(text)
    return FAILED if any(one.finding.certain for one in found) else DONE


def _system(file: str) -> Scenario:
    """The scenario of a name or file; what a configuration leaves open is assumed as `new --from-conf` does."""
    from simulator.export import scenario_text
    from simulator.scenario import Problem, load_scenario, parse_scenario

    if file != "-" and not file.endswith(".json"):
        return load_scenario(file)
    return parse_scenario(scenario_text(draft_from_conf(file), Problem("conf.origin")), file=file)


def _report(file: str, found: list[Advice], lang: str) -> Iterator[str]:
    from simulator.advice import advice_words as words

    if not found:
        yield words.CLEAN.text(lang, file=file)
        return
    certain = sum(one.finding.certain for one in found)
    yield words.HEAD.text(lang, file=file, count=len(found), certain=certain)
    for number, one in enumerate(found, start=1):
        yield ""
        yield f"{number:2}  {words.LEVEL[one.finding.certain].text(lang)}  {one.rule(lang)}"
        for label, value in _evidence(one, lang):
            yield f"      {label}: {value}"
        yield f"    {one.consequence(lang)}"
        yield f"    {words.REMEDY.text(lang, text=one.remedy(lang))}"
    yield ""
    yield words.SEE.text(lang, command=f"ackademy lint {file} --play N")


def _evidence(one: Advice, lang: str) -> Iterator[tuple[str, str]]:
    from simulator.advice.advice_words import LABELS

    for label, value in one.finding.evidence:
        yield (LABELS[label].text(lang) if label in LABELS else label), value


def _as_data(one: Advice, lang: str) -> dict[str, object]:
    return {
        "rule": one.finding.rule,
        "certain": one.finding.certain,
        "evidence": {label.removeprefix("#"): value for label, value in one.finding.evidence},
        "title": one.rule(lang),
        "consequence": one.consequence(lang),
        "remedy": one.remedy(lang),
        "demonstration": one.demo.file,
    }


@command()
def explain(
    symptom: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SYMPTOM]", help="An error message or a few words; without it, all are listed."),
    ] = None,
    *,
    play: Play = None,
    json: AsJson = False,
    options: Common,
    appearance: Appearance,
) -> int:
    """Explain a symptom or an error message: its causes, the lessons that show it, where to look."""
    from simulator.advice import advice_words as words
    from simulator.advice.lint import demo_file
    from simulator.advice.symptoms import SYMPTOMS, find_symptoms

    language, text = options.language, " ".join(symptom or ())
    found = find_symptoms(text) if text else [*SYMPTOMS]
    if not found:
        print(words.UNKNOWN.text(language, text=text), file=sys.stderr)
        return WRONG_INPUT
    rules = [*dict.fromkeys(rule for one in found for rule in one.rules)]
    if play is not None:
        return _show(options, appearance, play, [demo_file(rule) for rule in rules])
    if json:
        print_json([_symptom_data(one, language) for one in found])
    elif not text:
        print(words.KNOWN.text(language))
        for one in found:
            print(f"  {one.name:24}{one.title.text(language)}")
    else:
        for line in _explanation(text, found, rules, language):
            print(line)
    return DONE


def _explanation(text: str, found: list[Symptom], rules: list[str], lang: str) -> Iterator[str]:
    from simulator.advice import advice_words as words
    from simulator.advice.lint import load_demo
    from simulator.story.catalog import pick

    for one in found:
        yield one.title.text(lang)
        yield f"  {one.mechanism.text(lang)}"
        if one.rules:
            yield f"  {words.CAUSES.text(lang)}:"
        for rule in one.rules:
            yield f"   {rules.index(rule) + 1:2}  {pick(load_demo(rule).title, lang)}"
        yield f"  {words.LESSONS.text(lang, names=', '.join(one.lessons))}"
        yield f"  {words.LOOK.text(lang)}:"
        for line in one.look:
            yield f"      {line}"
        yield ""
    if rules:
        yield words.SEE.text(lang, command=f'ackademy explain "{text}" --play N')


def _symptom_data(one: Symptom, lang: str) -> dict[str, object]:
    return {
        "symptom": one.name,
        "title": one.title.text(lang),
        "mechanism": one.mechanism.text(lang),
        "rules": one.rules,
        "lessons": one.lessons,
        "look": one.look,
    }


def _show(options: Common, appearance: Appearance, number: int, files: list[str]) -> int:
    """Play the demonstration with that number."""
    from simulator.advice import advice_words as words

    if number > len(files):
        said: Words = words.NO_NUMBER if files else words.NONE_TO_PLAY
        print(said.text(options.language, number=number, count=len(files)), file=sys.stderr)
        return WRONG_INPUT
    with opening(options.language, files[number - 1], None, {}) as opened:
        return show(opened, options, appearance)
