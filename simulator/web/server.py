"""The server of a room, in a thread of its own: one page, a stream of what is asked, and votes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.resources import files
from ipaddress import ip_address
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from simulator.web.page_words import PAGE_WORDS
from simulator.web.room import MAX_DEVICES, ClassRoom, VoteRefused

FIRST_PORT, PORTS = 8040, 60
"""Ports that are tried, so that the address stays short."""

MAX_BODY = 1_000
"""Largest request in bytes; a vote has a hundred."""

BEAT = 15.0
"""Seconds between signs of life on a silent stream."""

COOKIE = "ackademy_device"

STATIC = files("simulator.web") / "static"
"""Folder of the pages."""

LOOPBACK = "127.0.0.1"

SECURE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

STATUSES = {"device": 403, "closed": 409, "choice": 400, "stale": 409, "full": 503}


class _Vote(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    round: int
    choice: int
    order: int


class RoomServer:
    """Serves a room until it is closed."""

    def __init__(self, room: ClassRoom, host: str = LOOPBACK) -> None:
        """Serve nothing yet. `host`: the address to listen at."""
        self.room = room
        self.host = host
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news: asyncio.Event | None = None
        self._ready = Event()
        self._stop: asyncio.Event | None = None
        self._thread: Thread | None = None
        self._streams = 0

    @property
    def joined(self) -> int:
        """Number of pages that listen now."""
        return self._streams

    @property
    def address(self) -> str:
        """The address that phones open."""
        return f"http://{self.host if self.host != '0.0.0.0' else own_address()}:{self.room.port}/{self.room.code}"

    def start(self) -> None:
        """Start serving; raises `OSError` if no port is free."""
        listener = _listen(self.host, self.room.port)
        self.room.port = listener.getsockname()[1]
        self.room.keep()
        self._thread = Thread(target=lambda: asyncio.run(self._serve(listener)), name="class room", daemon=True)
        self._thread.start()
        self._ready.wait()
        self.room.changed = self._tell

    def close(self) -> None:
        """Stop serving; what the room knows stays."""
        if self._loop is not None and self._stop is not None and self._thread is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(5)

    def _tell(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._new_state)

    def _new_state(self) -> None:
        news, self._news = self._news, asyncio.Event()
        if news is not None:
            news.set()

    async def _serve(self, listener: socket.socket) -> None:
        self._loop, self._news, self._stop = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        app = web.Application(client_max_size=MAX_BODY, middlewares=[_secured, refuse_rebinding(self.host)])
        app.add_routes(
            [
                web.get("/", self._door),
                web.get("/static/{name}", static_file),
                web.get("/{code}", self._page),
                web.get("/{code}/state", self._state),
                web.get("/{code}/events", self._events),
                web.post("/{code}/vote", self._vote),
            ]
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.SockSite(runner, listener, backlog=1024).start()
        self._ready.set()
        await self._stop.wait()
        self._new_state()
        await runner.cleanup()

    def _token(self, request: web.Request) -> str:
        """The token of the device that asks; raises 404 in another room than this one."""
        if request.match_info["code"].lower() != self.room.code:
            raise web.HTTPNotFound(text=_file("door.html"), content_type="text/html")
        return request.cookies.get(COOKIE, "")

    async def _door(self, request: web.Request) -> web.Response:
        """Ask for the code, or lead to its room."""
        code = request.query.get("room", "").strip().lower()
        if code == self.room.code:
            raise web.HTTPFound(f"/{code}")
        return web.Response(text=_file("door.html"), content_type="text/html")

    async def _page(self, request: web.Request) -> web.Response:
        token = self._token(request)
        if request.match_info["code"] != self.room.code:  # a QR code has capitals only
            raise web.HTTPFound(f"/{self.room.code}")
        text = _file("vote.html").replace("{{words}}", _script_safe(msgspec.json.encode(PAGE_WORDS).decode()))
        response = web.Response(text=text, content_type="text/html")
        if self.room.device_of(token) is None:
            path = f"/{self.room.code}"
            response.set_cookie(
                COOKIE, self.room.new_device(), path=path, httponly=True, samesite="Strict", max_age=86400
            )
        return response

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response(self.room.state_for(self._token(request)))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Send the state now and whenever it changes."""
        token = self._token(request)
        if self._streams >= MAX_DEVICES:
            raise web.HTTPServiceUnavailable
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **SECURE})
        await response.prepare(request)
        self._streams += 1
        try:
            while self._stop is not None and not self._stop.is_set():
                news = self._news
                state = msgspec.json.encode(self.room.state_for(token))
                await response.write(b"data: " + state + b"\n\n")
                while news is not None and not news.is_set():
                    with suppress(TimeoutError):
                        await asyncio.wait_for(news.wait(), BEAT)
                        break
                    await response.write(b":\n\n")
        except (ConnectionResetError, asyncio.CancelledError):
            pass  # the phone is gone
        finally:
            self._streams -= 1
        return response

    async def _vote(self, request: web.Request) -> web.Response:
        token = self._token(request)
        if request.content_type != "application/json":  # a form of another site cannot send that
            raise web.HTTPUnsupportedMediaType
        status, said = self.receive_vote(token, await request.read())
        return web.json_response(said, status=status)

    def receive_vote(self, token: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Count the vote in a request's body; return the status and the content of the response."""
        try:
            vote = msgspec.json.decode(body, type=_Vote)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return 400, {"refused": "format"}
        try:
            self.room.vote(token, vote.key, vote.round, vote.choice, vote.order)
        except VoteRefused as refused:
            return STATUSES[refused.reason], {"refused": refused.reason}
        return 200, self.room.state_for(token)


@web.middleware
async def _secured(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(SECURE)
        raise
    if not response.prepared:
        response.headers.update(SECURE)
    return response


def refuse_rebinding(host: str) -> Middleware:
    """Refuse, at a loopback address, a name that somebody has made to lead here (DNS rebinding)."""

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_near(host) and not is_near(urlsplit(f"//{request.host}").hostname or ""):
            raise web.HTTPForbidden
        return await handler(request)

    return refuse


async def static_file(request: web.Request) -> web.Response:
    """A script or a style sheet of our pages."""
    types = {".js": "text/javascript", ".css": "text/css"}
    name = request.match_info["name"]
    kind = types.get(name[name.rfind(".") :])
    if kind is None or name not in {entry.name for entry in STATIC.iterdir()}:
        raise web.HTTPNotFound
    return web.Response(text=_file(name), content_type=kind)


def _file(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _script_safe(text: str) -> str:
    """JSON inside a page: nothing in it ends its element."""
    return text.replace("<", "\\u003c")


def _listen(host: str, wanted: int) -> socket.socket:
    """Listen at a wanted port, else at the first one that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    failed = OSError("no free port")
    for port in [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            listener.close()
            failed = error
            continue
        return listener
    raise failed


def is_near(host: str) -> bool:
    """Return True if only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def own_address() -> str:
    """The address of this machine in its network; the loopback one if there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for examples: no packet is sent
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
