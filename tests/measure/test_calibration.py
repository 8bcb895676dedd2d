"""Calibration: a model of a recording agrees with it, and what was changed in it is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from simulator.cli import app
from simulator.engine import simulate
from simulator.export import scenario_from_recording, scenario_text
from simulator.measure.calibration import CLAIMED, INSTANT, Calibration, Facet, Points, distance, resampled
from simulator.scenario import Edit, Problem, Scenario, load_scenario, parse_scenario
from simulator.story.report.calibration import ADVICE, calibration_texts, short_verdict, verdict_texts
from simulator.study.calibrating import calibrate_model
from simulator.trace import Trace, write_trace

SHOP = """
profile: celery-rabbitmq
until: 300
seed: 77
workers: {w1: {concurrency: 2, queues: [celery]}, w2: {concurrency: 1, queues: [mail]}}
config: {worker_prefetch_multiplier: 1}
tasks:
  order: {duration: {lognormal: {median: 0.5, p95: 1.5}}, raises: {Timeout: 0.1}, autoretry_for: [Timeout],
          retry_kwargs: {max_retries: 3, countdown: 2}}
  mail: {duration: {exponential: 0.3}, queue: mail}
  rare: 1
send:
  - {from: 0, every: {exponential: 0.7}, task: order}
  - {from: 0, every: {exponential: 0.6}, task: mail}
  - {from: 0, every: 33, task: rare}
"""


@pytest.fixture(scope="module")
def recorded() -> Trace:
    return simulate(parse_scenario(SHOP))


@pytest.fixture(scope="module")
def file(recorded: Trace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("calibration") / "run.jsonl"
    with found.open("w", encoding="utf-8") as stream:
        write_trace(recorded, stream)
    text = scenario_text(scenario_from_recording(recorded, "run.jsonl"), Problem("recording.origin"))
    found.with_suffix(".yaml").write_text(text, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def model(file: Path) -> Scenario:
    return load_scenario(file.with_suffix(".yaml"))


def state(found: Calibration, name: str) -> tuple[str, tuple[str, ...]]:
    part = next(part for part in found.parts if part.name == name)
    return part.state, part.among


def test_a_model_is_good_for_what_it_was_made_of(recorded: Trace, model: Scenario) -> None:
    found = calibrate_model(recorded, model, 6)
    assert (found.level, found.off) == ("good", [])
    assert {facet.name for facet in found.good} == {"order", "mail"}
    assert [facet.name for facet in found.too_few] == ["rare"]
    assert {part.state for part in found.parts} == {"agree"}
    assert max(facet.error for facet in found.good) <= found.within < 1
    recorded_retries, low, high = found.counts["retried"]
    assert low <= recorded_retries <= high
    for facet in found.facets:
        assert facet.band[0] <= facet.model.p95 <= facet.band[1]


@pytest.mark.parametrize(
    ("path", "value", "part", "among", "off"),
    [
        ("tasks.mail.duration", {"exponential": 0.5}, "durations", ("mail",), "mail"),
        ("workers.w1.concurrency", 1, "dispatch", (), "order"),
        ("tasks.order.raises", {"Timeout": 0.5}, "retries", (), "order"),
        ("tasks.mail.rate_limit", "2/s", "dispatch", (), "mail"),
    ],
)
def test_what_differs_is_named_with_the_tasks_it_spoils(
    recorded: Trace, model: Scenario, path: str, value: object, part: str, among: tuple[str, ...], off: str
) -> None:
    found = calibrate_model(recorded, model.edited(Edit(path, value)), 6)
    assert state(found, part) == ("differ", among)
    assert off in {facet.name for facet in (*found.off, *found.scattered)}
    for facet in found.off:
        assert facet.explained_by == part, facet.substituted
    assert found.level in ("partly", "bad")
    assert part in dict(found.advice)


def test_what_closes_the_gap_is_found_by_putting_it_in(recorded: Trace, model: Scenario) -> None:
    slow = calibrate_model(recorded, model.edited(Edit("tasks.mail.duration", {"exponential": 0.6})), 4)
    [mail] = [facet for facet in slow.off if facet.name == "mail"]
    assert abs(mail.substituted["durations"] - mail.recorded.p95) < 0.2 * abs(mail.typical - mail.recorded.p95)
    assert f"With the recorded durations it is {mail.substituted['durations']:.2f} s." in "\n".join(
        calibration_texts(slow, "en")
    )
    held = calibrate_model(recorded, model.edited(Edit("tasks.mail.rate_limit", "1/s")), 4)
    [mail] = [facet for facet in held.off if facet.name == "mail"]
    assert mail.explained_by == "dispatch"
    assert "who gets it when differs" in "\n".join(calibration_texts(held, "en", short=True))
    assert not any(facet.substituted for facet in held.good)


def test_a_sample_drawn_again_has_a_band_around_its_percentile() -> None:
    values = [(n * 7919 % 1000) / 100 for n in range(1000)]  # 0 to 10, evenly, in no order
    low, high = resampled(values)
    assert low <= 9.5 <= high
    assert 0 < high - low < 1.5
    assert resampled(values) == (low, high)
    waves = [float(n // 50 % 2) * n / 100 for n in range(1000)]  # waits that are alike for a while say less
    assert resampled(waves)[1] - resampled(waves)[0] > resampled(sorted(values))[1] * 0.05
    assert resampled([3.0]) == (3.0, 3.0)


def facet_of(real: float, between: tuple[float, float], typical: float, band: tuple[float, float]) -> Facet:
    """A wait of `mail` with these 95th percentiles; all else is beside the point."""
    seen, played = (Points(100, p95 / 2, p95 / 2, p95, p95) for p95 in (real, typical))
    return Facet("wait", "type", "mail", seen, played, typical, band, between, 0.0, 0.0)


def judged(facet: Facet) -> Calibration:
    return Calibration(20, 100, 60.0, True, (facet,), (), {})


def test_a_model_that_hits_the_recording_claims_no_more_than_the_recording_tells() -> None:
    exact = judged(facet_of(0.3, (0.22, 0.41), 0.3, (0.3, 0.3)))
    assert exact.facets[0].error == 0
    assert exact.within == pytest.approx(0.11 / 0.3)
    assert list(verdict_texts(exact, "en")) == ["Verdict: good for p95 waits to 37 %."]
    beside = judged(facet_of(0.3, (0.22, 0.41), 0.25, (0.24, 0.26)))
    assert beside.within == pytest.approx(0.16 / 0.3)


def test_a_line_says_first_how_good_it_is_and_then_what_it_is_no_good_for() -> None:
    good, vague = facet_of(0.3, (0.22, 0.41), 0.3, (0.3, 0.3)), facet_of(2.0, (0.2, 5.0), 2.0, (1.8, 2.2))
    found = Calibration(20, 100, 60.0, True, (good, replace(vague, name="report")), (), {})
    assert short_verdict(found, "en") == "Good for p95 waits to 37 %. Not for report."
    assert short_verdict(found, "ko") == "p95 대기 시간은 37% 안에서 믿어도 됩니다. 쓰지 마세요: report"
    assert short_verdict(judged(good), "en") == "Good for p95 waits to 37 %."
    assert short_verdict(judged(vague), "en") == next(verdict_texts(judged(vague), "en"))


def test_where_the_recording_tells_nothing_nothing_is_claimed() -> None:
    vague = judged(facet_of(2.0, (0.2, 5.0), 2.0, (1.8, 2.2)))
    assert (vague.good, vague.off, vague.within, vague.level) == ([], [], 0.0, "unknown")
    for lang in ("ko", "en"):
        assert any("0.20" in line and "5.00" in line for line in verdict_texts(vague, lang))
    wrong = judged(facet_of(2.0, (0.2, 5.0), 30.0, (29.0, 31.0)))
    assert ([one.name for one in wrong.off], wrong.vague) == (["mail"], [])


@given(st.tuples(*[st.floats(0, 50)] * 3), st.floats(0, 50))
def test_what_is_claimed_covers_the_band_of_the_recording(real: tuple[float, float, float], typical: float) -> None:
    low, value, high = sorted(real)
    facet = facet_of(value, (low, high), typical, (typical, typical))
    found = judged(facet)
    claim = found.within * max(value, INSTANT)
    for one in found.good:
        assert typical - claim - 1e-9 <= one.recorded_band[0] <= one.recorded_band[1] <= typical + claim + 1e-9
        assert found.within <= CLAIMED
    assert len(found.good) + len(found.off) + len(found.scattered) + len(found.vague) == 1


def test_arrivals_of_its_own_are_replaced_and_said_to_differ(recorded: Trace, model: Scenario) -> None:
    sends = [{"from": 0, "every": {"exponential": 0.2}, "task": "order"}, {"from": 0, "every": 0.6, "task": "mail"}]
    found = calibrate_model(recorded, model.edited(Edit("send", sends)), 4)
    assert state(found, "arrivals") == ("differ", ("order", "rare"))
    assert found.off == [], "it is played with the recorded ones"


def test_what_still_waits_at_the_end_counts_with_its_wait(recorded: Trace, model: Scenario) -> None:
    stuck = calibrate_model(recorded, model.edited(Edit("workers.w2.queues", ["nothing"])), 3)
    mail = next(facet for facet in stuck.off if facet.name == "mail")
    assert mail.model.count == 3 * mail.recorded.count
    assert mail.model.p95 > 150


def test_the_command_says_it_in_words_and_numbers(file: Path) -> None:
    invoke = CliRunner().invoke
    said = invoke(app, ["calibrate", str(file), "--runs", "4", "--lang", "en"])
    assert said.exit_code == 0, said.output
    assert "Verdict: good for p95 waits to" in said.stdout
    assert "Too few to judge: rare (10)" in said.stdout
    told = invoke(app, ["calibrate", str(file.with_suffix(".yaml")), "--runs", "4", "--lang", "ko"])
    assert "판정: mail, order의 p95 대기 시간은" in told.stdout
    wrong = file.with_name("wrong.yaml")
    wrong.write_text("extends: run.yaml\ntasks: {mail: {rate_limit: 1/s}}\n", encoding="utf-8")
    off = invoke(app, ["calibrate", str(file), str(wrong), "--runs", "4", "--json"])
    assert off.exit_code == 1
    assert '"off": [\n      "mail"' in off.stdout
    asked = invoke(app, ["run", str(file.with_suffix(".yaml")), "--set", "workers.w1.concurrency=3", "--lang", "en"])
    assert "Verdict: " in asked.stderr
    more = ["sweep", str(file.with_suffix(".yaml")), "--scale-arrivals", "1,2", "--runs", "2", "--measure", "lost"]
    swept = invoke(app, [*more, "--jobs", "1", "--lang", "en"])
    assert swept.exit_code == 0, swept.output
    assert "Verdict: " in swept.stderr
    assert "--set send.0.load=2 --set send.1.load=2" in swept.stdout


def test_every_advice_has_words(recorded: Trace, model: Scenario) -> None:
    found = calibrate_model(recorded, model.edited(Edit("tasks.mail.duration", 0.9)), 2)
    for lang in ("ko", "en", "both"):
        assert "{" not in "\n".join(calibration_texts(found, lang))
    assert {code for code, _ in found.advice} <= ADVICE.keys()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0, 5))
def test_a_shift_by_the_blur_is_no_distance(sample: list[float], shift: float) -> None:
    one, other = sorted(sample), sorted(value + shift for value in sample)
    assert distance(one, one) == 0
    assert distance(one, other, shift + 1e-6) == 0
    assert 0 <= distance(one, other) <= 1
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert distance([0.0], [1.0]) == 1
