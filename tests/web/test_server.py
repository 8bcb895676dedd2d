"""The server of a room under load, before strangers, and after a restart."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.web.room import ClassRoom, PollQuestion, open_room
from simulator.web.server import RoomServer, is_near

QUESTION = PollQuestion("0/1", {"en": "</script><b>Who?"}, [{"en": "a"}, {"en": "b"}, {"en": "c"}])


@contextmanager
def served(room: ClassRoom | None = None) -> Iterator[RoomServer]:
    server = RoomServer(room or ClassRoom())
    server.start()
    try:
        yield server
    finally:
        server.close()


def vote_of(choice: int, order: int = 1, **more: object) -> dict[str, object]:
    return {"key": "0/1", "round": 1, "choice": choice, "order": order, **more}


async def next_state(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    async for line in stream.content:
        if line.startswith(b"data: "):
            state: dict[str, Any] = json.loads(line[6:])
            return state
    raise AssertionError("the stream has ended")


class Phone:
    """A device with its own cookies, as a page behaves."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True), connector=aiohttp.TCPConnector(limit=4)
        )

    async def open(self) -> None:
        async with self.session.get(self.address) as page:
            assert page.status == 200

    async def vote(self, vote: object) -> tuple[int, float]:
        """Send a vote until it is answered, as the page does."""
        try:
            return await self._send(vote)
        except aiohttp.ClientConnectionError:
            return await self._send(vote)

    async def _send(self, vote: object) -> tuple[int, float]:
        begun = time.perf_counter()
        async with self.session.post(f"{self.address}/vote", json=vote) as answer:
            await answer.read()
            return answer.status, time.perf_counter() - begun


async def a_class(server: RoomServer, size: int, seconds: float) -> list[float]:
    """So many phones join, listen, vote within some seconds, half of them twice; returns how long each vote took."""
    phones = [Phone(server.address) for _ in range(size)]
    took: list[float] = []

    async def one(number: int) -> None:
        phone = phones[number]
        await phone.open()
        async with phone.session.get(f"{phone.address}/events") as stream:
            state = await next_state(stream)
            assert state["question"]["key"] == "0/1"
            await asyncio.sleep(seconds * number / size)
            for order in range(1, 2 + number % 2):
                status, duration = await phone.vote(vote_of((number + order) % 3, order))
                assert status == 200
                took.append(duration)
            state = await next_state(stream)  # the teacher has closed it
            assert not state["open"]

    tasks = [asyncio.create_task(one(number)) for number in range(size)]
    while server.room.answered() < size or len(took) < size + size // 2:
        await asyncio.sleep(0.02)
        for task in tasks:
            if task.done():
                task.result()
    assert server.joined == size
    server.room.close()
    await asyncio.gather(*tasks)
    for phone in phones:
        await phone.session.close()
    return took


def hold(size: int, seconds: float) -> list[float]:
    with served() as server:
        server.room.ask(QUESTION, 1)
        took = sorted(asyncio.run(asyncio.wait_for(a_class(server, size, seconds), 120)))
        last = [(number + 1 + number % 2) % 3 for number in range(size)]
        assert server.room.polls["0/1"].counts() == tuple(last.count(choice) for choice in range(3))
    return took


def test_none_of_forty_is_lost_and_none_counts_twice() -> None:
    assert len(hold(40, 0.2)) == 60


@pytest.mark.soak
def test_three_hundred_vote_within_ten_seconds() -> None:
    took = hold(300, 10)
    assert took[int(len(took) * 0.95)] < 0.1


def test_strangers_get_nothing(tmp_path: Path) -> None:
    async def strange(address: str, code: str) -> dict[str, int]:
        found = {}
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            root = address.removesuffix(f"/{code}")

            async def ask(name: str, method: str, path: str, **more: Any) -> None:
                async with session.request(method, f"{root}{path}", allow_redirects=False, **more) as answer:
                    found[name] = answer.status
                    assert answer.headers["X-Content-Type-Options"] == "nosniff"

            await ask("no cookie", "POST", f"/{code}/vote", json=vote_of(0))
            await ask("door", "GET", "/")
            await ask("door to the room", "GET", "/", params={"room": code.upper()})
            await ask("door to nowhere", "GET", "/", params={"room": "xxxxx"})
            await ask("capitals", "GET", f"/{code.upper()}")
            await ask("page", "GET", f"/{code}")
            await ask("other room", "GET", "/xxxxx")
            await ask("another name", "GET", f"/{code}", headers={"Host": "evil.example"})
            await ask("vote in another room", "POST", "/xxxxx/vote", json=vote_of(0))
            await ask("events of another room", "GET", "/xxxxx/events")
            typed = {"Content-Type": "application/json"}
            await ask("huge", "POST", f"/{code}/vote", data=b"x" * 100_000, headers=typed)
            await ask("no json", "POST", f"/{code}/vote", data=b"[", headers=typed)
            await ask("form", "POST", f"/{code}/vote", data={"choice": "1"})
            await ask("more keys", "POST", f"/{code}/vote", json=vote_of(0, name="Ann"))
            await ask("text for a number", "POST", f"/{code}/vote", json=vote_of(0) | {"choice": "0"})
            await ask("no such choice", "POST", f"/{code}/vote", json=vote_of(9))
            await ask("another question", "POST", f"/{code}/vote", json=vote_of(0, key="9/9"))
            await ask("another round", "POST", f"/{code}/vote", json=vote_of(0, round=2))
            await ask("file", "GET", "/static/..%2fserver.py")
            await ask("put", "PUT", f"/{code}/vote")
        return found

    with served() as server:
        server.room.ask(QUESTION, 1)
        found = asyncio.run(strange(server.address, server.room.code))
        assert server.room.answered() == 0
    assert found == {
        "no cookie": 403,
        "door": 200,
        "door to the room": 302,
        "door to nowhere": 200,
        "capitals": 302,
        "page": 200,
        "other room": 404,
        "another name": 403,
        "vote in another room": 404,
        "events of another room": 404,
        "huge": 413,
        "no json": 400,
        "form": 415,
        "more keys": 400,
        "text for a number": 400,
        "no such choice": 400,
        "another question": 409,
        "another round": 409,
        "file": 404,
        "put": 405,
    }


def test_a_phone_votes_on_after_the_terminal_was_started_again(tmp_path: Path) -> None:
    async def session() -> None:
        room = open_room(tmp_path)
        assert room is not None
        with served(room) as server:
            room.keep()
            room.ask(QUESTION, 1)
            phone = Phone(server.address)
            await phone.open()
            assert (await phone.vote(vote_of(0)))[0] == 200
        again = open_room(tmp_path, room.code)
        assert again is not None
        with served(again) as server:
            assert server.address == phone.address
            assert (await phone.vote(vote_of(2, order=2)))[0] == 200
            assert (await phone.vote(vote_of(0)))[0] == 409  # sent before, and again
            assert again.close() == (0, 0, 1)
            await phone.session.close()

    asyncio.run(session())


def test_only_this_machine_unless_it_is_told_otherwise() -> None:
    with served() as server:
        assert server.address.startswith("http://127.0.0.1:80")
    assert [is_near(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "192.168.0.2")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_two_classes_on_one_machine_get_two_ports() -> None:
    with served() as one, served() as other:
        assert one.room.port != other.room.port
