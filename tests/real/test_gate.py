"""The gate: no broker elsewhere is reached without being asked, in whatever way its address is hidden."""

from __future__ import annotations

import os

import pytest

from simulator.real.gate import bounded, make_celery, refused_addresses
from simulator.real.performing.plan import without_password
from tests.test_cli import Call

MEMORY = "memory://"
NEAR = [
    "redis://localhost:6379/0",
    "redis://127.0.0.1",
    "redis://[::1]:6379/1",
    "redis://",
    "redis+socket:///tmp/redis.sock",
    "redis://localhost:1/0;redis://127.0.0.2/0",
    "amqp://guest:guest@localhost:5672//",
    "amqp://",
    "memory://",
    "filesystem://",
    "cache+memory://",
]
FAR = [
    "redis://elsewhere/0",
    "redis://localhost:1/0;redis://elsewhere/0",
    "amqp://localhost//;amqp://elsewhere//",
    "redis://localhost@elsewhere/0",
    "redis://localhost%2eelsewhere.test/0",
    "redis://localhost/0?host=elsewhere",
    "redis://localhost/0?hostname=elsewhere",
    "redis+elsewhere://elsewhere",
    "mongodb://localhost,elsewhere/celery",
    "sqs://",
    "sentinel://localhost;sentinel://elsewhere",
    "redis://0x7f.1/0",
]
NONE = ["redis://localhost:many/0", "redis://[::1", "elsewhere", "xyzlocalhost", "redis://localhost;elsewhere", ""]


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.mark.parametrize("url", NEAR)
def test_this_machine_needs_no_permission(url: str) -> None:
    assert refused_addresses(MEMORY, url, allowed=False) == []


@pytest.mark.parametrize("url", FAR)
def test_another_one_does(url: str) -> None:
    assert [limit.code for limit in refused_addresses(MEMORY, url, allowed=False)] == ["elsewhere"]
    assert refused_addresses(MEMORY, url, allowed=True) == []


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_url_is_refused_in_any_case(url: str) -> None:
    assert [limit.code for limit in refused_addresses(MEMORY, url, allowed=True)] == ["unreachable"]


def test_what_kombu_does_not_take_is_refused_before_it_is_tried() -> None:
    for url in ("redis://localhost/0?x=1", "redis://localhost/0?hostname=localhost", "bogus://localhost"):
        assert [limit.code for limit in refused_addresses(url, allowed=True)] == ["unreachable"]


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "retry", "--broker", "{}"),
        ("verify", "retry", "--broker", "memory://", "--result-backend", "{}"),
        ("emit", "retry", "--broker", "{}"),
        ("record", "-o", "-", "--broker", "{}"),
        ("play", "--follow", "--broker", "{}"),
    ],
    ids=" ".join,
)
def test_every_command_asks_the_gate(words: tuple[str, ...], ackademy: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.following.interactive", lambda: True)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("it connects"))
    url = "redis://:secret@localhost:1/0;redis://:hidden@elsewhere/0"
    ended = ackademy(*(word.format(url) for word in words))
    assert (ended.status, ended.out) == (2, "")
    assert "--yes-this-broker" in ended.err
    assert "secret" not in ended.err
    assert "hidden" not in ended.err


def test_the_environment_does_not_say_where_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND"):
        monkeypatch.setenv(name, "redis://elsewhere/0")
    monkeypatch.setenv("CELERY_LOADER", "nowhere:Loader")
    monkeypatch.setenv("CELERY_CONFIG_MODULE", "nowhere")
    before = dict(os.environ)
    with make_celery(broker="redis://localhost:1/0", set_as_current=False) as app:
        hosts = {app.connection_for_read().hostname, app.connection_for_write().hostname}
        assert (hosts, app.conf.result_backend) == ({"localhost"}, None)
    with make_celery(set_as_current=False) as app:  # told later, as a worker is
        app.conf.update(broker_url="redis://localhost:1/0", result_backend="cache+memory://", worker_concurrency=3)
        hosts = {app.connection_for_read().hostname, app.connection_for_write().hostname}
        assert (hosts, app.conf.result_backend, app.conf.worker_concurrency) == ({"localhost"}, "cache+memory://", 3)
        assert type(app.backend).__name__ == "CacheBackend"
        assert app.conf.humanize()
    assert dict(os.environ) == before


def test_only_redis_needs_timeouts_of_its_own() -> None:
    assert set(bounded("redis://localhost")) == {"socket_timeout", "socket_connect_timeout"}
    assert bounded("amqp://localhost") == {}


def test_no_password_is_shown() -> None:
    told = without_password("redis://u:one@localhost/0;redis://:two@b/0?password=three;amqp://[bad:four@x")
    assert told == "redis://u:***@localhost/0;redis://:***@b/0?...;amqp:..."
