"""Loading: variants, overrides, what-ifs, and what only the whole shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.scenario import Edit, ScenarioError, load_scenario, parse_scenario, scenario_names
from simulator.scenario.conditions.goals import GoalSyntaxError, parse_goal, words
from simulator.scenario.source import read_source
from simulator.scenario.values.paths import PathError, parse_path, set_path


def test_short_forms_are_written_out_before_a_path_is_set() -> None:
    slow = "{en: slow, set: {tasks.mail.duration: 9, workers.worker2.phase: 1}}"
    text = f"tasks: {{mail: 2}}\nworkers: 3\nvariants: {{slow: {slow}}}\n"
    scenario = parse_scenario(text, variant="slow")
    assert scenario.model.tasks["mail"].duration.numbers == (9.0,)
    assert scenario.model.workers["worker2"].phase == 1
    assert list(scenario.model.workers) == ["worker1", "worker2", "worker3"]


def test_options_go_over_the_file() -> None:
    scenario = parse_scenario(
        "seed: 1\nsend: [{at: 0, task: a}]",
        profile="celery-rabbitmq",
        seed=7,
        until=5,
        overrides=["send.0.count=3", "config.task_acks_late=true", 'tasks["a"].duration=0.5'],
    )
    assert (scenario.model.seed, scenario.model.until, scenario.settings.transport) == (7, 5, "amqp")
    assert scenario.model.send[0].count == 3
    assert scenario.settings.task_acks_late is True
    assert scenario.settings.worker_prefetch_multiplier == 4
    assert scenario.model.tasks["a"].duration.numbers == (0.5,)


def test_an_edit_makes_another_scenario_and_leaves_the_first() -> None:
    scenario = load_scenario("three-task-order")
    edited = scenario.edited(Edit("faults", {"at": 1.5, "kill": "worker1"}, append=True))
    again = edited.edited(Edit("faults", {"at": 2, "start": "worker1"}, append=True))
    assert [len(s.model.faults) for s in (scenario, edited, again)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        (["nonsense"], "set.shape"),
        (["send.7.count=1"], "path.index"),
        (["send.0.cuont=1"], "key.did_you_mean"),
        (["seed.x=1"], "path.nowhere"),
        (["a b=1"], "path.syntax"),
        (["seed=on"], "yaml.boolish"),
    ],
)
def test_a_wrong_override_says_so(overrides: list[str], code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("seed: 1\nsend: [{at: 0, task: a}]", overrides=overrides)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_wrong_variant_is_found_when_the_file_is_loaded_at_its_own_line() -> None:
    text = "variants:\n  v:\n    set:\n      workers.worker1.concurency: 2\n"
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    (problem,) = caught.value.problems
    assert (problem.code, problem.mark and problem.mark.line) == ("key.did_you_mean", 4)


def test_names_that_do_not_exist() -> None:
    text = (
        "tasks: {mail: 1}\n"
        "send: [{at: 0, task: mial, id: T}]\n"
        "faults: [{at: 1, kill: worker3}]\n"
        "say: [{after: {event: task-startd}, en: x}]\n"
        "ask: [{at: 1, en: q, choices: [a, b], answer: {c: lost == 0}}]\n"
        "goals: [worker_of(U) == worker1, runs(mial) == 1, worker_of(T) == workr1, util(mail) == 0]\n"
    )
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    assert [p.code for p in caught.value.problems] == [
        "worker.unknown",
        "event.unknown",
        "ask.no_such_choice",
        "goal.unknown_id",
        "goal.unknown_name",
        "goal.unknown_worker",
    ]
    # A task that nobody registered is a lesson of its own, so it is only a warning.
    scenario = parse_scenario(text.splitlines()[0] + "\n" + text.splitlines()[1])
    assert [(w.code, w.params["meant"]) for w in scenario.warnings] == [("send.unregistered", "mail")]


def test_a_name_or_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "three-task-order").write_text("seed: 99")
    (tmp_path / "07-mine.yaml").write_text("seed: 7")
    monkeypatch.chdir(tmp_path)
    assert load_scenario("three-task-order").model.seed == 1
    assert load_scenario("./three-task-order").model.seed == 99
    assert load_scenario("07-mine.yaml").name == "mine"
    for what, code in (
        ("thre-task-order", "scenario.unknown"),
        ("nowhere.yaml", "file.missing"),
        ("../x", "file.missing"),
    ):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(what)
        assert caught.value.problems[0].code == code
    assert "three-task-order" in scenario_names()


def test_paths() -> None:
    assert parse_path("tasks.*.queue") == ("tasks", "*", "queue")
    assert parse_path('tasks["app.tasks.mail"].duration') == ("tasks", "app.tasks.mail", "duration")
    for wrong in ("", ".a", "a..b", "a b", "a[", "a.", "a[b]"):
        with pytest.raises(PathError):
            parse_path(wrong)
    data: dict[str, object] = {"tasks": {"a": {}, "b": {"queue": "x"}}}
    set_path(data, "tasks.*.queue", "q")
    set_path(data, "config.hop", 0)
    assert data == {"tasks": {"a": {"queue": "q"}, "b": {"queue": "q"}}, "config": {"hop": 0}}


def test_a_name_with_dots_needs_no_quotes() -> None:
    plain, quoted = (parse_goal(f"p95(wait, {name}) < 5") for name in ("shop.a.order", "'shop.a.order'"))
    assert [word.value for word in words(plain)] == [word.value for word in words(quoted)] == ["wait", "shop.a.order"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("lost ==", "goal.syntax"),
        ("lost(", "goal.brackets"),
        ("lst(a) == 0", "goal.unknown_measure"),
        ("runs == 1", None),
        ("p95(wait, shop.order) < 5 and worker_of(Task1) == shop.w1", None),
        ("started_at(shop().order) == 1", "goal.argument_name"),
        ("started_at() == 1", "goal.arguments"),
        ("started_at(T, x) == 1", "goal.argument_number"),
        ("started_at(3) == 1", "goal.argument_name"),
        ("__import__('os').system('ls')", "goal.not_allowed"),
        ("lost if sent else 1", "goal.not_allowed"),
        ("(lambda: 1)()", "goal.not_allowed"),
        ("-" * 400 + "1", "goal.not_allowed"),  # deeper than Python would write it
        ("lost == True", "goal.not_allowed"),
        ("sent ** 9", "goal.not_allowed"),
        ("x" * 600, "goal.too_long"),
        ("not " * 120 + "lost", None),
    ],
)
def test_the_goal_language_is_a_strict_subset(text: str, code: str | None) -> None:
    if code is None:
        parse_goal(text)
        return
    with pytest.raises(GoalSyntaxError) as caught:
        parse_goal(text)
    assert caught.value.code == code


def test_the_place_in_a_goal_is_the_place_in_the_file() -> None:
    text = "goals:\n  - lost == 0 and worker_of(Taks1) == worker1\nsend: [{at: 0, task: a, id: Task1}]\n"
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text)
    (problem,) = caught.value.problems
    assert problem.mark is not None
    assert read_source(text, "f").lines[problem.mark.line - 1][problem.mark.column - 1 :].startswith("Taks1")
    assert problem.params["meant"] == "Task1"


def test_no_more_of_a_file_is_read_than_may_be_in_one(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(10**12)  # a file with a hole: read whole, it would be a terabyte
    child = tmp_path / "child.yaml"
    child.write_text("extends: ./huge.yaml", encoding="utf-8")
    for what in (path, child):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(what)
        assert [problem.code for problem in caught.value.problems] == ["yaml.too_large"]


def test_a_misspelt_key_of_a_group_inside_is_recognised() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("config: {visibility_timeot: 10}\ntasks: {a: 1}\nsend: [{task: a}]")
    assert caught.value.problems[0].params["meant"] == "broker_transport_options.visibility_timeout"


@pytest.mark.parametrize(
    "line",
    [
        "profile: celery-sqs\nconfig: {broker_transport_options: {wait_time_seconds: 0, polling_interval: 4e-7}}",
        "profile: celery-filesystem\nconfig: {broker_transport_options: {polling_interval: 4e-7}}",
        "profile: celery-redis\nconfig: {broker_transport_options: {unacked_restore_interval: 4e-7}}",
        "beat_schedule: {a: {task: a, schedule: {interval: 4e-7}}}",
        "until: 4e-7",
    ],
)
def test_a_time_that_the_clock_takes_for_none_is_refused_where_something_happens_in_each(line: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(f"tasks: {{a: 1}}\n{line}")
    (problem,) = caught.value.problems
    assert (problem.code, problem.params["bound"]) == ("value.bound", "0.000001")


def test_a_recording_that_is_no_text_is_refused_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_bytes(b'{"trace": 1, "scenario": "x", "recorded": {"since": 1}}\n\xff\xfe\n')
    (tmp_path / "mine.yaml").write_text("tasks: {a: 1}\nsend: [{recording: run.jsonl}]\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "mine.yaml")
    (problem,) = caught.value.problems
    assert (problem.code, problem.params["number"]) == ("send.recording_wrong", 2)


@pytest.mark.parametrize("edit", ["goals.0=lost ==", "goals=[lost ==]"])
def test_a_goal_given_by_an_option_is_parsed_too(edit: str) -> None:
    text = "tasks: {a: 1}\nsend: [{at: 0, task: a}]\ngoals: [lost == 0]\n"
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, overrides=[edit])
    assert [(one.code, one.mark) for one in caught.value.problems] == [("goal.syntax", None)]


def test_a_goal_of_a_variant_is_parsed_where_it_stands() -> None:
    text = "tasks: {a: 1}\ngoals: [lost == 0]\nvariants: {v: {en: x, ko: x, set: {goals.0: 'lost =='}}}\n"
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, variant="v")
    assert [one.code for one in caught.value.problems] == ["goal.syntax"]


def test_a_name_that_no_file_has_is_missing() -> None:
    for name in ("x" * 5000 + ".yaml", "a\0b.yaml"):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(name)
        assert [one.code for one in caught.value.problems] == ["file.missing"]
