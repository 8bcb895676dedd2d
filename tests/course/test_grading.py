"""A solution is held against its lesson's exercise; whatever is in it, it is data."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from simulator.cli import grader
from simulator.course.grade_report import as_data, grade_lines
from simulator.course.grading import Grade, exercise_of, grade, hidden_seeds
from simulator.course.knobs import list_knobs
from simulator.course.solution import load_solution
from simulator.engine import simulate
from simulator.scenario import Scenario, ScenarioError, load_scenario, parse_scenario, scenario_names
from simulator.scenario.differences import is_allowed
from simulator.scenario.values.paths import parse_path
from simulator.story.problems.errors import format_problems
from tests.lessons import lesson as packaged
from tests.test_cli import Call

CRASH = "crash-early-late"
LATE = "config: {task_acks_late: true}\nworkers: {worker2: {concurrency: 2}}\n"
LESSON = """
title: {ko: 실습, en: Practice}
profile: celery-rabbitmq
seed: 1
config: {worker_prefetch_multiplier: 1, task_acks_late: true}
tasks: {a: {duration: {exponential: 2}}}
queues: {celery: {}}
workers: {w1: {concurrency: 1}}
send: [{at: 0, task: a, count: 6}]
exercise:
  ko: 빨리 끝내세요
  en: Be done soon
  may_change: [workers.*.concurrency, queues.celery.max_length]
  budget: {processes: 3}
  goals: [{test: finished_by <= 12, points: 2, ko: 빨리, en: soon}, succeeded == 6]
"""


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


def graded(text: str, lesson: str = LESSON, seeds: list[int] | None = None) -> Grade:
    """`text` is what the solution says besides the lesson."""
    base = parse_scenario(lesson, file="lesson.yaml")
    return grade(
        base, base if not text else parse_scenario(merged(lesson, text), file="mine.yaml"), simulate, seeds or []
    )


def merged(lesson: str, text: str) -> str:
    rooms = {line.partition(":")[0] for line in text.splitlines()}
    return "\n".join([line for line in lesson.splitlines() if line.partition(":")[0] not in rooms] + [text])


def written(folder: Path, text: str) -> str:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


# -- what may change --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("workers: {w1: {concurrency: 3}}", []),
        ("queues: {celery: {max_length: 50}}", []),
        ("title: Mine\ngoals: [sent == 6]\nvariants: {v: {set: {seed: 3}}}", []),
        ("workers: {w1: {concurrency: 3}, w2: {concurrency: 3}}", ["workers.w2"]),
        ("workers: {w9: {concurrency: 3}}", ["workers.w1", "workers.w9"]),
        ("queues: {celery: {max_length: 50, overflow: reject-publish}}", ["queues.celery.overflow"]),
        ("queues: {celery: {}, other: {max_length: 50}}", ["queues.other"]),
        ("tasks: {a: {duration: 0.1}}", ["tasks.a.duration"]),
        ("send: [{at: 0, task: a, count: 1}]", ["send.0.count"]),
        ("send: []", ["send.0"]),
        ("seed: 7", ["seed"]),
        ("until: 99", ["until"]),
        ("faults: [{at: 1, kill: w1}]", ["faults.0"]),
        ("profile: celery-redis", ["profile"]),
        ("config: {worker_prefetch_multiplier: 1}", ["config.task_acks_late"]),
        ("config: {worker_prefetch_multiplier: 1, task_acks_late: true, hop: 0}", ["config.hop"]),
    ],
)
def test_nothing_else_may_change(text: str, paths: list[str]) -> None:
    found = graded(text)
    assert [change.path for change in found.forbidden] == paths
    assert bool(found.runs) == (not paths)
    assert not paths or (not found.passed and found.points == 0)


def test_an_order_of_declaration_is_a_change() -> None:
    lesson = LESSON.replace("{w1: {concurrency: 1}}", "{w1: {concurrency: 1}, w2: {}}")
    found = graded("workers: {w2: {}, w1: {concurrency: 1}}", lesson)
    assert [change.path for change in found.forbidden] == ["workers"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("workers: {w1: {concurrency: 2}, w2: {concurrency: 1}, w3: {}}", []),
        ("workers: {w9: {concurrency: 3}}", []),
        ("workers: {w1: {concurrency: 1, speed: 1000}}", ["workers.w1.speed"]),
        ("workers: {w: {speed: 1000}}", ["workers.w.speed"]),
        ("workers: {w1: {concurrency: 1}, w2: {concurrency: 2, cores: 9}}", ["workers.w2.cores"]),
        (
            "workers: {w: {broker_transport_options: {visibility_timeout: 1}}}",
            ["workers.w.broker_transport_options.visibility_timeout"],
        ),
        ("queues: {celery: {}, q: {}}", []),
        ("queues: {celery: {max_length: 3}, q: {max_length: 3}}", ["queues.celery.max_length", "queues.q.max_length"]),
    ],
)
def test_where_entries_come_and_go_their_settings_are_listed_one_by_one(text: str, paths: list[str]) -> None:
    lesson = LESSON.replace("queues.celery.max_length", "workers, queues")
    assert [change.path for change in graded(text, lesson).forbidden] == paths


@pytest.mark.parametrize("name", ["two-queues", "beat", "group-and-chord", "littles-law", "sale-day"])
def test_no_exercise_is_won_by_a_fast_worker(name: str) -> None:
    lesson = packaged(name)
    fast = ", ".join(f"{worker}: {{speed: 1000}}" for worker in (*lesson.model.workers, "extra"))
    solution = parse_scenario(f"extends: {name}\nworkers: {{{fast}}}")
    assert [change.parts[2] for change in grade(lesson, solution, simulate).forbidden] == ["speed"] * (
        len(lesson.model.workers) + 1
    )


def test_a_crowd_of_changes_hides_none() -> None:
    lesson = LESSON.replace("workers.*.concurrency", "workers, workers.*.concurrency")
    crowd = ", ".join(f"v{number}: {{}}" for number in range(400))
    found = graded(f"workers: {{w1: {{concurrency: 1}}, {crowd}}}\nsend: [{{at: 0, task: a, count: 1}}]", lesson)
    assert [change.path for change in found.forbidden] == ["send.0.count"]
    data = as_data(found, "mine.yaml")
    assert data["changed"] == 401
    assert data["changes"][0]["path"] == "send.0.count"
    assert len(data["changes"]) < 30


def test_the_same_in_other_words_is_no_change() -> None:
    base = "workers: 2\ntasks: {a: 2}\nexercise: {may_change: [seed], en: x, ko: x, goals: [sent == 0]}"
    same = "workers: {worker1: {}, worker2: null}\ntasks: {a: {duration: 2.0}}"
    found = grade(parse_scenario(base, file="base.yaml"), parse_scenario(same), simulate)
    assert found.changes == ()


# -- runs, goals, budget ----------------------------------------------------------------------------------------


def test_hidden_seeds_find_a_solution_that_is_tuned_to_one_run() -> None:
    lesson = LESSON.replace("finished_by <= 12", "finished_by <= 9")
    public = simulate(parse_scenario(lesson)).end / 1e6
    tuned = LESSON.replace("finished_by <= 12", f"finished_by <= {public + 0.01:.3f}")
    assert graded("", tuned).passed
    found = graded("", tuned, hidden_seeds("lesson", 5))
    assert not found.passed
    assert [run.hidden for run in found.runs] == [False, *[True] * 5]
    missed = found.missed(0)
    assert missed is not None
    assert missed.hidden
    assert (found.points, found.most) == (1, 3)


def test_seeds_come_from_the_secret_and_the_lesson() -> None:
    assert hidden_seeds("a", 3) == hidden_seeds("a", 3)
    assert len({*hidden_seeds("a", 20), *hidden_seeds("b", 20), *hidden_seeds("a", 20, "x")}) == 60


def test_the_budget_counts() -> None:
    for slots, kept in ((3, True), (4, False)):
        found = graded(f"workers: {{w1: {{concurrency: {slots}}}}}", LESSON.replace("<= 12", "<= 60"))
        assert not found.forbidden
        assert found.passed == kept
        data = as_data(found, "mine.yaml")
        assert data["processes"] == {"limit": 3, "used": slots, "met": kept}


def test_a_missed_goal_names_its_moment_and_how_to_see_it(tmp_path: Path, ackademy: Call) -> None:
    file = written(tmp_path, f"extends: {CRASH}\n")
    ended = ackademy("check", file, "--against", CRASH)
    assert ended.status == 1
    assert "decided at [2.00 s] pay_1: Lost." in ended.out
    assert f"See it: ackademy play {file} --at 2\n" in ended.out
    korean = ackademy("check", file, "--against", CRASH, "--lang", "ko").out
    assert "아직 통과하지 못했습니다." in korean
    assert "결정된 순간 [2.00초]" in korean


def test_a_solution_passes_as_json_in_both_languages(tmp_path: Path, ackademy: Call) -> None:
    ended = ackademy("check", written(tmp_path, f"extends: {CRASH}\n{LATE}"), "--against", CRASH, "--json")
    (data,) = json.loads(ended.out)
    assert (ended.status, data["passed"], data["points"], data["of"]) == (0, True, 3, 3)
    assert data["changes"] == [
        {"path": "config.task_acks_late", "before": "false", "after": "true", "allowed": True},
        {"path": "workers.worker2.concurrency", "before": "-", "after": "2", "allowed": True},
    ]
    assert set(data["exercise"]) == {"ko", "en"}
    assert (data["runs"], data["hidden"]) == (4, 3)


def test_a_full_copy_is_a_solution_too(tmp_path: Path) -> None:
    lesson = packaged(CRASH)
    text = "\n".join(lesson.source.lines).replace("task_acks_late: false", "task_acks_late: true ", 1)
    text = text.replace("worker2: {}", "worker2: {concurrency: 2}", 1)
    found = grade(lesson, load_solution(written(tmp_path, text), lesson), simulate, [5])
    assert found.passed
    assert [change.path for change in found.changes] == ["config.task_acks_late", "workers.worker2.concurrency"]


def test_what_only_hidden_runs_miss_is_shown_with_a_seed_that_is_not_graded() -> None:
    public = simulate(parse_scenario(LESSON)).end / 1e6
    seeds = hidden_seeds("lesson", 8, "s")
    found = graded("", LESSON.replace("finished_by <= 12", f"finished_by <= {public + 0.01:.3f}"), seeds)
    graded_seeds = {run.seed for run in found.runs}
    assert found.missed(0) is not None
    (shown,) = found.shown
    assert shown.seed not in graded_seeds
    data = as_data(found, "m.yaml")
    missed = data["goals"][0]["missed"]
    assert (missed["seed"], missed["hidden"]) == (shown.seed, True)
    assert f"--seed {shown.seed} --at" in missed["play"]
    assert not [seed for seed in seeds if str(seed) in json.dumps(data)]
    for lang in ("ko", "en"):
        assert str(shown.seed) in "\n".join(grade_lines(data, lang))


def test_what_no_other_seed_shows_is_told_without_its_seed() -> None:
    public = simulate(parse_scenario(LESSON)).end / 1e6
    ends = {seed: simulate(parse_scenario(LESSON, seed=seed)).end / 1e6 for seed in hidden_seeds("lesson", 60)}
    seed, worst = max(ends.items(), key=lambda item: item[1])
    found = graded("", LESSON.replace("finished_by <= 12", f"finished_by <= {worst - 0.01:.3f}"), [seed])
    assert public < worst
    assert (found.missed(0), found.example(0), found.shown) == (found.runs[1], None, ())
    data = as_data(found, "m.yaml")
    assert (data["goals"][0]["missed"]["seed"], data["goals"][0]["missed"]["play"]) == (None, None)
    assert str(seed) not in json.dumps(data)
    assert "hidden run 1" in "\n".join(grade_lines(data, "en"))


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_the_report_commands_no_terminal(form: list[str], tmp_path: Path, ackademy: Call) -> None:
    file = written(tmp_path, f'extends: {CRASH}\nqueues: {{celery: {{dead_letter_exchange: "\\e[2J\\a"}}}}')
    ended = ackademy("check", file, "--against", CRASH, *form)
    assert "queues.celery" in ended.out
    assert not {"\x1b", "\x07"} & set(ended.out)


def test_options_that_do_not_fit(tmp_path: Path, ackademy: Call) -> None:
    file = written(tmp_path, f"extends: {CRASH}\n")
    for words in (["--against", CRASH, "--seed", "3"], ["--seeds", "3"], ["--against", "beat"]):
        ended = ackademy("check", file, *words)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err
    assert ackademy("check", "nowhere.yaml", "--against", "nix").status == 2


# -- the lessons' own exercises ---------------------------------------------------------------------------------

EXERCISES = [name for name in scenario_names() if packaged(name).model.exercise is not None]


COPIES = [(name, variant) for name in EXERCISES for variant in packaged(name).model.variants]


@pytest.mark.parametrize("name", EXERCISES)
def test_a_file_that_only_extends_the_lesson_earns_nothing(name: str) -> None:
    lesson = packaged(name)
    found = grade(lesson, parse_scenario(f"extends: {name}"), simulate)
    assert (found.changes, found.passed, found.points) == ((), False, 0)


@pytest.mark.parametrize(("name", "variant"), COPIES)
def test_a_copy_of_a_variant_does_not_pass(name: str, variant: str) -> None:
    lesson = packaged(name)
    found = grade(lesson, packaged(name, variant), simulate)
    assert not found.passed  # with the seed that everybody knows, so with hidden ones neither
    # Nor does it if what the exercise forbids is left out of the copy.
    rest = {path: value for path, value in lesson.model.variants[variant].set.items() if allowed(lesson, path)}
    overrides = [f"{path}={json.dumps(value)}" for path, value in rest.items()]
    try:
        partial = load_scenario(name, overrides=overrides)
    except ScenarioError:  # part of the variant makes no scenario
        return
    assert not grade(lesson, partial, simulate).passed


def allowed(lesson: Scenario, path: str) -> bool:
    return is_allowed(parse_path(path), exercise_of(lesson).may_change)


@pytest.mark.parametrize("name", EXERCISES)
def test_guards_are_what_the_lesson_meets_already(name: str) -> None:
    lesson = packaged(name)
    found = grade(lesson, lesson, simulate)
    kept = [found.missed(place) is None for place in range(len(found.goals))]
    assert kept == [goal.guard for goal in found.goals]
    assert found.most > 0


def test_a_broken_guard_costs_its_points() -> None:
    lesson = LESSON.replace("succeeded == 6]", "{test: succeeded == 6, guard: true}]").replace("<= 12", "<= 60")
    assert (graded("", lesson).points, graded("", lesson).most) == (2, 2)
    broken = lesson.replace("succeeded == 6", "max(processes) == 1")
    found = graded("workers: {w1: {concurrency: 2}}", broken)
    assert (found.passed, found.points, found.most) == (False, 1, 2)
    lines = "\n".join(grade_lines(as_data(found, "m.yaml"), "en"))
    assert "missed  guard -1  max(processes) == 1" in lines
    costly = broken.replace("guard: true", "guard: true, points: 9")
    assert graded("workers: {w1: {concurrency: 2}}", costly).points == 0


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_has_a_knob_for_what_may_be_changed(name: str) -> None:
    lesson = packaged(name)
    may_change = exercise_of(lesson).may_change
    assert [knob.path for knob in list_knobs(lesson) if is_allowed(parse_path(knob.path), may_change)]


# -- hostile files ----------------------------------------------------------------------------------------------

HOSTILE = {
    "passwd": "extends: /etc/passwd",
    "outside": "extends: ../../../../../../etc/hostname",
    "device": "extends: /dev/zero",
    "itself": "extends: ./mine.yaml",
    "by name": "extends: mine",
    "another lesson": "extends: beat",
    "no text": "extends: [crash-early-late]",
    "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "merge keys": "a: &a {b: 1}\nc: {<<: *a}",
    "depth": "config: " + "[" * 10_000 + "]" * 10_000,
    "many values": "config: [" + "1, " * 100_000 + "1]",
    "a huge text": f"title: {'x' * 2_000_000}",
    "a huge number": f"seed: {'9' * 100_000}",
    "a python tag": "title: !!python/object/apply:os.system [id]",
    "nested brackets in a goal": f"extends: {CRASH}\ngoals: ['{'(' * 400}1{')' * 400} == 1']",
    "nots in a goal": f"extends: {CRASH}\ngoals: ['{'not ' * 120}lost == 0']",
    "a long goal": f"extends: {CRASH}\ngoals: ['{'not ' * 100_000}lost == 0']",
    "10^9 tasks": f"extends: {CRASH}\nsend: [{{at: 0, task: pay, count: 1000000000}}]",
    "endless sends": f"extends: {CRASH}\nsend: [{{from: 0, every: 0.000001, task: pay}}]",
    "no YAML": "\x00\x01\x02",
    "nothing": "",
    "a list": "[]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_soon(name: str, tmp_path: Path) -> None:
    begun = time.process_time()
    lesson = packaged(CRASH)
    try:
        found = grade(lesson, load_solution(written(tmp_path, HOSTILE[name]), lesson), simulate, [5])
    except ScenarioError as error:
        told = format_problems(error.problems, "en")
    else:
        told = "" if not found.passed else "passed"
    assert "root:" not in told
    assert told != "passed"
    assert time.process_time() - begun < 5


def test_a_link_is_not_opened(tmp_path: Path, ackademy: Call) -> None:
    other = tmp_path / "neighbour"
    other.mkdir()
    written(other, f"extends: {CRASH}\n{LATE}")
    (tmp_path / "mine.yaml").symlink_to(other / "mine.yaml")
    ended = ackademy("check", str(tmp_path / "mine.yaml"), "--against", CRASH)
    assert (ended.status, ended.out) == (2, "")
    assert "regular file" in ended.err
    assert "extends" not in ended.err


def test_a_file_named_like_an_option_sets_nothing(
    tmp_path: Path, ackademy: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, f"extends: {CRASH}\n{LATE}")
    (tmp_path / "--secret=x.yaml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ended = ackademy("check", "--secret=x.yaml", "mine.yaml", "--against", CRASH)
    assert (ended.status, ended.out) == (2, "")
    assert "./--secret=x.yaml" in ended.err


def graded_apart(request: grader.Request) -> grader.Graded:
    """Grade one solution in a process of its own."""
    with grader.Grader() as one:
        return one.grade(request)


ENDLESS = """
tasks:
  a: {duration: 0.00001, raises: {Busy: 1}, autoretry_for: [Busy], max_retries: null, default_retry_delay: 0.001}
send: [{at: 0, task: a}]
until: 1
exercise: {ko: x, en: x, may_change: [until, send, workers], goals: [sent > 9999999]}
"""
TOO_MUCH = {
    "events": ("until: 100000000", "limit.events"),
    "tasks": ("until: 2\nsend: [{at: 0, task: a, count: 100000000}]", "limit.sure"),
    "workers": ("until: 2\nworkers: 3000", "workers.count"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_an_exercise_lets_grow_is_limited(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lesson.yaml").write_text(ENDLESS, encoding="utf-8")
    text, code = TOO_MUCH[name]
    file = written(tmp_path, f"extends: ./lesson.yaml\n{text}")
    found = graded_apart(grader.Request(file, str(tmp_path / "lesson.yaml"), 1, None, 30, "en", 20_000))
    assert found.data is None
    assert [problem["code"] for problem in found.problems or []] == [code]


def test_time_is_limited(tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text(ENDLESS, encoding="utf-8")
    file = written(tmp_path, "extends: ./lesson.yaml\nuntil: 100000000")
    begun = time.monotonic()
    found = graded_apart(grader.Request(file, str(tmp_path / "lesson.yaml"), 1, None, 0.5, "ko", 100_000_000))
    assert time.monotonic() - begun < 10
    assert [problem["code"] for problem in found.problems or []] == ["grade.time"]
    assert "0.5초" in found.text


def test_the_folder_of_a_solution_is_no_place_to_import_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "yaml.py").write_text("open('taken', 'w')", encoding="utf-8")
    file = written(tmp_path, f"extends: {CRASH}\n{LATE}")
    monkeypatch.chdir(tmp_path)
    found = graded_apart(grader.Request(file, CRASH, 0, None, 30, "en"))
    assert found.data is not None
    assert found.data["passed"]
    assert not (tmp_path / "taken").exists()


@pytest.mark.parametrize(
    ("status", "code"), [(grader.OUT_OF_MEMORY, "grade.memory"), (-24, "grade.time"), (-11, "grade.stopped")]
)
def test_however_the_process_ends_it_is_told(status: int, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grader.Grader, "_ask", lambda *_: (status, ""))
    for lang in ("ko", "en"):
        found = graded_apart(grader.Request("mine.yaml", CRASH, 0, None, 30, lang))
        assert [problem["code"] for problem in found.problems or []] == [code]
        assert found.text.startswith("mine.yaml: ")


def test_one_process_grades_on_whatever_a_solution_does(tmp_path: Path) -> None:
    (tmp_path / "lesson.yaml").write_text(ENDLESS, encoding="utf-8")
    endless = written(tmp_path, "extends: ./lesson.yaml\nuntil: 100000000")
    late = grader.Request(endless, str(tmp_path / "lesson.yaml"), 0, None, 0.3, "en")
    good = tmp_path / "good.yaml"
    good.write_text(f"extends: {CRASH}\n{LATE}", encoding="utf-8")
    fine = grader.Request(str(good), CRASH, 0, None, 30, "en")
    with grader.Grader() as one:
        assert one.grade(fine).data is not None
        process = one._process
        assert [problem["code"] for problem in one.grade(late).problems or []] == ["grade.time"]
        assert one.grade(fine).data is not None
        assert one._process is process  # the warm one, whose fork was killed
        assert process is not None
        process.kill()
        assert [problem["code"] for problem in one.grade(fine).problems or []] == ["grade.stopped"]
        assert one.grade(fine).data is not None
