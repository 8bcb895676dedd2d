"""The console: the guide's commands, answered for a moment in Celery's shape, or turned into a what-if."""

from __future__ import annotations

import json

import pytest
import yaml

from simulator.console.answers import ABSENT, INSTEAD, NOT_ASKED, NOT_CONTROLLED, Order, Output, interpret
from simulator.console.complete import complete
from simulator.console.control import CONTROLS
from simulator.console.hangul_keys import latin_keys
from simulator.console.inspecting import QUESTIONS, inspect_workers
from simulator.console.line import bare_name
from simulator.engine import simulate
from simulator.scenario import Edit, parse_scenario
from simulator.story.run import Run, open_run

GUIDE = """
workers: {worker1: {concurrency: 2}, worker2: {}}
tasks: {send_email: {duration: 4}, pay: 6}
config: {task_acks_late: true}
send:
- {at: 0.5, id: Task1, task: send_email, args: [1]}
- {at: 0.5, id: Task2, task: pay}
- {at: 0.5, id: Task3, task: pay}
- {at: 0.5, id: Task4, task: pay}
faults: [{at: 20, kill: worker2}]
"""


@pytest.fixture(scope="module")
def run() -> Run:
    scenario = parse_scenario(GUIDE, file="guide.yaml")
    return Run(simulate(scenario), scenario)


def cursor_at(run: Run, seconds: float) -> int:
    return sum(event.t <= seconds * 1e6 for event in run.trace)


def ask_at(run: Run, text: str, seconds: float = 2.0) -> Output:
    answer = interpret(run, cursor_at(run, seconds), int(seconds * 1e6), text)
    assert isinstance(answer, Output)
    return answer


def order_at(run: Run, text: str, seconds: float = 2.0) -> Order:
    order = interpret(run, cursor_at(run, seconds), int(seconds * 1e6), text)
    assert isinstance(order, Order), order
    return order


def notes(answer: Output, lang: str = "en") -> str:
    return "\n".join(note.text(lang) for note in answer.notes)


# -- the guide's own lines --------------------------------------------------------------------------------------


def test_active_is_printed_as_celery_prints_it(run: Run) -> None:
    lines = ask_at(run, "celery -A app inspect active").lines
    assert lines[0] == "->  celery@worker1: OK"
    assert lines[1].startswith("    * {'id': 'Task1', 'name': 'send_email', 'args': [1], 'kwargs': {}, ")
    assert [line for line in lines if line.startswith("->")] == ["->  celery@worker1: OK", "->  celery@worker2: OK"]
    assert lines[-2:] == ("", "2 nodes online.")


def test_nothing_is_printed_as_celery_prints_it(run: Run) -> None:
    assert ask_at(run, "celery -A app inspect scheduled -d worker2").lines == (
        "->  celery@worker2: OK",
        "    - empty -",
        "",
        "1 node online.",
    )


def test_stats_and_registered(run: Run) -> None:
    lines = ask_at(run, "celery -A app inspect stats -d worker1").lines
    assert json.loads("".join(lines[1:-2]))["pool"]["max-concurrency"] == 2
    registered = ask_at(run, "celery -A app inspect registered -d worker1").lines
    assert registered[1:3] == ("    * pay", "    * send_email")


def test_flower_says_what_takes_its_place(run: Run) -> None:
    assert "Instead of Flower" in notes(ask_at(run, "celery -A app flower --port=5555"))
    assert "ackademy emit" in notes(ask_at(run, "celery -A app flower"), "ko")


def test_events_up_to_the_moment_and_no_further(run: Run) -> None:
    answer = ask_at(run, "celery -A app events --dump", 0.5)
    assert answer.lines[0] == "-> evdump: starting capture..."
    sent = [line for line in answer.lines if "task sent" in line]
    assert len(sent) == 4
    assert sent[0].startswith("producer [2026-01-01 00:00:00.500000+00:00] task sent: send_email(Task1) args=(1,) ")
    started = [line for line in ask_at(run, "celery -A app events -d").lines if "task started" in line]
    assert started[0].startswith("celery@worker1 [2026-01-01 00:00:01+00:00] task started: send_email(Task1) args=(1,)")
    assert not any("succeeded" in line for line in answer.lines)
    assert "curses" in notes(ask_at(run, "celery -A app events"))


def test_starting_a_worker_is_answered_with_what_there_is(run: Run) -> None:
    said = notes(ask_at(run, "celery -A tasks worker --loglevel=info -c 4"))
    assert "worker1 (prefork 2), worker2 (prefork 1)" in said


# -- asking -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_json_is_what_ackademy_inspect_answers(run: Run, question: str) -> None:
    answer = ask_at(run, f"celery -A app inspect {question} --json")
    assert json.loads("\n".join(answer.lines)) == json.loads(
        json.dumps(inspect_workers(run, run.world(cursor_at(run, 2.0)), question))
    )


def test_query_task_tells_who_has_it(run: Run) -> None:
    data = json.loads("\n".join(ask_at(run, "inspect query_task Task1 Task4 -j").lines))
    assert data["celery@worker1"]["Task1"][0] == "active"
    assert all("Task4" not in tasks for tasks in data.values())
    assert 'Did you mean "Task1"' in notes(ask_at(run, "inspect query_task Tsak1"))


def test_status_and_ping(run: Run) -> None:
    assert ask_at(run, "celery -A app status").lines == (
        *("->  celery@worker1: OK", "->  celery@worker2: OK"),
        *("", "2 nodes online."),
    )
    assert ask_at(run, "celery -A app inspect ping -d celery@worker1 -q").lines == (
        *(" celery@worker1: OK", "        pong"),
    )


def test_the_dead_do_not_answer(run: Run) -> None:
    answer = ask_at(run, "status", 21)
    assert answer.lines[0] == "->  celery@worker1: OK"
    assert "worker2" in notes(answer)
    alone = ask_at(run, "inspect active -d worker2", 21)
    assert (alone.lines, alone.failed) == (("Error: No nodes replied within time constraint",), True)


def test_nobody_answers_while_the_broker_is_down(run: Run) -> None:
    down = run.edited([Edit("faults", {"at": 1.5, "down": "broker", "for": 5}, append=True)], simulate)
    answer = ask_at(down, "inspect active")
    assert (answer.lines, answer.failed) == (("Error: No nodes replied within time constraint",), True)
    assert isinstance(interpret(down, cursor_at(down, 2), 2_000_000, "control shutdown"), Output)


def test_a_result(run: Run) -> None:
    assert "(state STARTED)" in notes(ask_at(run, "celery -A app result Task1"))
    assert ask_at(run, "celery -A app result Task1", 10).lines == ("None",)
    assert ask_at(run, "result Nobody").failed


def test_app_and_destination_may_stand_anywhere(run: Run) -> None:
    wanted = ask_at(run, "celery -A app inspect active -d worker1")
    for text in (
        "inspect active -d worker1",
        "celery inspect -d celery@worker1 active -A tasks",
        "celery --app=tasks inspect active --destination=worker1 --timeout 5",
        "$ celery -A app -C inspect -dworker1 active",
    ):
        assert ask_at(run, text) == wanted
    assert [bare_name(name) for name in ("celery@w1", "w1@box", "w1")] == ["w1"] * 3


# -- not understood ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("celery -A app inspec active", 'No such command: "inspec". Did you mean "inspect"?'),
        ("inspect actve", 'celery inspect has no "actve". Did you mean "active"? Available: active, '),
        ("control revok Task1", 'celery control has no "revok". Did you mean "revoke"?'),
        ("inspect active --jsn", 'No such option: "--jsn". Did you mean "--json"?'),
        ("inspect active -d", "This option needs a value: -d"),
        ("inspect active -t soon", 'Not a number of seconds: "soon"'),
        ("inspect 'active", "Missing closing quotation mark."),
        ("inspect active Task1", "Usage: celery -A app inspect active"),
        ("active", 'Did you mean "inspect active"?'),
        ("revoke Task1", 'Did you mean "control revoke"?'),
        ("control rate_limit send_email", "control rate_limit <task_name> <rate_limit"),
        ("control pool_grow many", "Not a whole number"),
        ("control terminate NOW Task1", '"NOW" is not a signal. Available: SIGTERM'),
        ("call payy", 'Did you mean "pay"?'),
        ("call pay --args nope", "--args: not valid JSON"),
        ("inspect active -d worker9", 'There is no worker "worker9". Did you mean "worker'),
    ],
)
def test_what_is_not_understood_says_what_there_is(run: Run, text: str, said: str) -> None:
    answer = ask_at(run, text)
    assert answer.failed
    assert said in notes(answer)
    assert notes(answer, "ko") != notes(answer)


@pytest.mark.parametrize("command", [*INSTEAD, *ABSENT])
def test_celerys_other_commands_are_known(run: Run, command: str) -> None:
    answer = ask_at(run, f"celery -A app {command} -f --whatever")
    assert answer.notes
    assert "No such command" not in notes(answer)


@pytest.mark.parametrize("text", [*(f"inspect {w}" for w in NOT_ASKED), *(f"control {w}" for w in NOT_CONTROLLED)])
def test_what_a_real_worker_could_do_besides_is_said_to_be_missing(run: Run, text: str) -> None:
    assert "but is not simulated" in notes(ask_at(run, text))


def test_typed_in_hangul_mode(run: Run) -> None:
    assert 'Did you mean "inspect active"?' in notes(ask_at(run, "ㅑㅜ넫ㅊㅅ ㅁㅊ샾ㄷ"))
    assert 'Did you mean "celery -A app status"?' in notes(ask_at(run, "ㅊ디ㄷ교 -ㅁ 메ㅔ ㄴㅅㅁ션"))
    assert latin_keys("읽기 Aa1") == "dlfrrl Aa1"


@pytest.mark.parametrize("text", ["", " ", "-", "--", "-A", "celery", "$", '"', "\\", "inspect\tactive", "=", "안녕"])
def test_whatever_is_typed_is_answered(run: Run, text: str) -> None:
    assert ask_at(run, text).text("ko")


# -- what if ----------------------------------------------------------------------------------------------------

CONTROLLED: dict[str, dict[str, object]] = {
    "control revoke Task4": {"revoke": "Task4"},
    "control revoke Task3 Task4 -d worker2": {"revoke": ["Task3", "Task4"], "destination": ["worker2"]},
    "control terminate SIGKILL Task1": {"revoke": "Task1", "terminate": True, "signal": "SIGKILL"},
    "control terminate kill Task1": {"revoke": "Task1", "terminate": True, "signal": "SIGKILL"},
    "control rate_limit pay 10/m": {"rate_limit": "pay", "rate": "10/m"},
    "control time_limit pay 3 5": {"time_limit": "pay", "soft": 3, "hard": 5},
    "control pool_grow": {"pool_grow": "all", "n": 1},
    "control pool_grow 2 -d worker1": {"pool_grow": "worker1", "n": 2},
    "control add_consumer vip -d worker2": {"add_consumer": "worker2", "queue": "vip"},
    "control cancel_consumer celery": {"cancel_consumer": "all", "queue": "celery"},
    "control shutdown -d celery@worker2": {"shutdown": "worker2"},
}


@pytest.mark.parametrize("text", CONTROLLED)
def test_a_control_command_is_the_same_as_its_line_in_the_file(run: Run, text: str) -> None:
    order = order_at(run, f"celery -A app {text}")
    branch = run.edited(order.edits, simulate)
    written = yaml.safe_load(GUIDE) | {"control": [CONTROLLED[text] | {"at": 2.000001}]}
    assert branch.trace.hash == simulate(parse_scenario(yaml.safe_dump(written), file="guide.yaml")).hash
    assert branch.trace.hash != run.trace.hash
    assert branch.trace.common_prefix(run.trace) >= cursor_at(run, 2.0)


def test_several_workers_are_several_lines(run: Run) -> None:
    order = order_at(run, "control pool_grow 3 -d worker1,worker2")
    assert [edit.value for edit in order.edits] == [
        {"at": 2.000001, "pool_grow": "worker1", "n": 3},
        {"at": 2.000001, "pool_grow": "worker2", "n": 3},
    ]
    assert order.text == "pool_grow 3 -d worker1; pool_grow 3 -d worker2"


def test_workers_reply_in_celerys_words(run: Run) -> None:
    assert order_at(run, "control revoke Task4 -d worker1").answer(run).lines == (
        "->  celery@worker1: OK",
        "        tasks {'Task4'} flagged as revoked",
    )
    assert order_at(run, "control terminate TERM Task1").answer(run).lines[1::2] == (
        "        terminate: Task1",
        "        terminate: tasks unknown",
    )
    shutdown = order_at(run, "control shutdown").answer(run)
    assert shutdown.lines == ("Error: No nodes replied within time constraint",)
    assert "sends no reply" in notes(shutdown)


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("control rate_limit pya 1/s", "unknown task"),
        ("control rate_limit pay often", "Invalid rate limit string: ValueError("),
        ("control time_limit pya 1", "unknown task"),
        ("control autoscale 5 2", "ValueError('Autoscale not enabled')"),
        ("control pool_shrink -d worker2", 'ValueError("Can\'t shrink pool. All processes busy!")'),
    ],
)
def test_what_every_worker_refuses_changes_nothing(run: Run, text: str, reply: str) -> None:
    answer = ask_at(run, text)
    assert "ERROR" in answer.lines[0]
    assert reply in answer.lines[1]


def test_pools_that_cannot_be_resized_and_autoscaled_ones() -> None:
    text = "{workers: {w1: {autoscale: [4, 1]}, w2: {pool: solo}, w3: {}}, tasks: {a: 9}, send: [{at: 0, task: a}]}"
    scenario = parse_scenario(text, file="pools.yaml")
    run = Run(simulate(scenario), scenario)
    order = order_at(run, "control pool_grow 2")
    assert [edit.value["pool_grow"] for edit in order.edits] == ["w3"]
    replies = order.answer(run).lines
    assert replies[1].strip() == "pool_grow is not supported with autoscale. Adjust autoscale range instead."
    assert replies[3].strip() == "AttributeError(\"'TaskPool' object has no attribute 'grow'\")"
    scaled = order_at(run, "control autoscale 6 2 -d w1")
    assert scaled.answer(run).lines[1].strip() == "autoscale now max=6 min=2"
    assert scaled.edits[0].value["autoscale"] == "w1"


def test_call_sends_another_task_and_prints_its_id(run: Run) -> None:
    order = order_at(run, "celery -A app call pay --args '[7]' --countdown 3")
    assert order.edits[0] == Edit("send", {"at": 2.000001, "task": "pay", "args": [7], "countdown": 3.0}, append=True)
    branch = run.edited(order.edits, simulate)
    (uuid,) = order.answer(branch).lines
    assert branch.world(len(branch.trace)).task(uuid).args == (7,)


def test_a_recording_can_be_asked_but_not_changed(run: Run) -> None:
    recorded = Run(run.trace)
    assert ask_at(recorded, "inspect registered").lines[0] == "->  celery@worker1: OK"
    for text in ("control shutdown", "call pay"):
        assert "you can inspect it, but not change it" in notes(ask_at(recorded, text))


# -- completing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "celery -A app "),
        ("cel", "celery "),
        ("celery -A app ins", "celery -A app inspect "),
        ("celery -A app inspect reg", "celery -A app inspect registered "),
        ("inspect act", "inspect active"),
        ("control revoke T", "control revoke Task"),
        ("control rate_limit se", "control rate_limit send_email "),
        ("inspect active -d ", "inspect active -d worker"),
        ("inspect active -d worker1,cel", "inspect active -d worker1,celery@worker"),
        ("inspect active --des", "inspect active --destination "),
        ("control terminate SIGK", "control terminate SIGKILL "),
        ("control cancel_consumer ", "control cancel_consumer celery "),
        ("nonsense xyz", "nonsense xyz"),
        ("com", "compare "),
    ],
)
def test_completion(run: Run, text: str, wanted: str) -> None:
    assert complete(run, cursor_at(run, 2.0), text, ("compare",)).text == wanted


def test_completion_keeps_the_future_to_itself(run: Run) -> None:
    assert complete(run, cursor_at(run, 0.1), "control revoke ").choices == ()
    assert complete(run, cursor_at(run, 2.0), "control revoke ").choices == ("Task1", "Task2", "Task3", "Task4")
    assert complete(run, 0, "control ").choices == tuple(sorted(CONTROLS))


def test_every_completed_command_is_understood(run: Run) -> None:
    questions = complete(run, cursor_at(run, 2.0), "inspect ").choices
    assert "active" in questions
    for question in questions:
        assert "No such" not in notes(ask_at(run, f"inspect {question}"))


def test_help_names_everything(run: Run) -> None:
    told = ask_at(run, "help").text("en")
    for name in (*QUESTIONS, *CONTROLS, "status", "events", "call", "result"):
        assert name in told
    assert ask_at(run, "celery control --list").lines[0] == "Control Commands:"


def test_a_packaged_lesson_answers_the_guide() -> None:
    lesson = open_run("three-task-order", simulate)
    assert "'id': 'Task1'" in ask_at(lesson, "celery -A app inspect active", 1.5).lines[1]
