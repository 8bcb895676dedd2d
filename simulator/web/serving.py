"""The terminal application in a browser tab: a process for each visitor, by textual-serve, with a page of our own."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve import server as textual_server
from textual_serve.app_service import AppService

from simulator.web.page_words import SERVE_WORDS
from simulator.web.server import STATIC, refuse_rebinding, static_file

COOKIE = "ackademy_visitor"

MAX_MESSAGE = 64 * 1024
"""Largest message of a page in bytes; a long paste."""

LARGEST = 500
"""Most columns, and most rows, that a page may ask for."""

SECURE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class VisitorService(AppService):
    """The process of one visitor, with progress of its own."""

    visitor: Mapping[str, str]
    """Its environment, over that of the server."""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {**super()._build_environment(width, height), **self.visitor}


class TerminalServer(textual_server.Server):
    """Serves one command of ours, to so many visitors at once."""

    def __init__(self, words: Sequence[str], host: str, port: int, visitors: int) -> None:
        """Serve `ackademy` with these words."""
        program = "from simulator.__main__ import main; import sys; sys.exit(main())"
        super().__init__(shlex.join([sys.executable, "-P", "-c", program, *words]), host, port, title="Ackademy")
        self.visitors = visitors
        self._sockets: set[web.WebSocketResponse] = set()
        self.homes = Path(tempfile.mkdtemp(prefix="ackademy-visitors-"))
        """Folder with the progress of each visitor, gone with the server."""

    @property
    def here(self) -> int:
        """Number of visitors now."""
        return len(self._sockets)

    def initialize_logging(self) -> None:
        """Log nothing: what is wrong is told in the page."""

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until Ctrl+C; calls `ready` once it listens; raises `OSError` if the port is taken."""
        try:
            web.run_app(
                self._make_app(),
                host=self.host,
                port=self.port,
                print=lambda *_: ready(),
                access_log=None,
                shutdown_timeout=2,
            )
        finally:
            shutil.rmtree(self.homes, ignore_errors=True)

    async def _make_app(self) -> web.Application:
        app = web.Application(middlewares=[refuse_rebinding(self.host)])
        app.add_routes(
            [
                web.get("/", self.handle_page),
                web.get("/ws", self.handle_websocket),
                web.get("/own/{name}", static_file),
                web.static("/static", self.statics_path),
            ]
        )
        app.on_shutdown.append(self._say_goodbye)
        app.on_response_prepare.append(_secure)
        return app

    async def _say_goodbye(self, app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def handle_page(self, request: web.Request) -> web.Response:
        """The page with the terminal, or one that says that there is no room."""
        full = self.here >= self.visitors
        text = (STATIC / ("full.html" if full else "serve.html")).read_text(encoding="utf-8")
        lang = language_of(request)
        for name, words in SERVE_WORDS.items():
            text = text.replace("{{" + name + "}}", words.text(lang))
        response = web.Response(
            text=text.replace("{{lang}}", lang), content_type="text/html", status=503 if full else 200
        )
        if COOKIE not in request.cookies:
            response.set_cookie(COOKIE, secrets.token_hex(16), httponly=True, samesite="Strict")
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Start a visitor's process, and connect it with the page until either ends."""
        origin = urlsplit(request.headers.get("Origin", ""))
        if origin.netloc != request.host:  # a page from elsewhere
            raise web.HTTPForbidden
        if self.here >= self.visitors:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(heartbeat=15, max_msg_size=MAX_MESSAGE)
        self._sockets.add(socket)

        async def close() -> None:
            await socket.close()

        try:
            await socket.prepare(request)
            service = VisitorService(
                self.command,
                write_bytes=socket.send_bytes,
                write_str=socket.send_str,
                close=close,
                download_manager=self.download_manager,
            )
            service.visitor = self._environment(request)
            width, height = (_size(request.query.get(name, "")) for name in ("width", "height"))
            await service.start(width, height)
            try:
                await self._process_messages(socket, service)
            except (ValueError, TypeError, KeyError, IndexError, AssertionError):
                pass  # not what our page sends
            finally:
                await service.stop()
        finally:
            self._sockets.discard(socket)
        await socket.close()
        return socket

    def _environment(self, request: web.Request) -> dict[str, str]:
        """A visitor's environment: served, in the language of the browser, with a home that only the cookie opens."""
        token = request.cookies.get(COOKIE, "")
        known = len(token) == 32 and token.isalnum()
        home = self.homes / (token if known else secrets.token_hex(16))
        home.mkdir(mode=0o700, exist_ok=True)
        locale = "ko_KR.UTF-8" if language_of(request) == "ko" else "en_US.UTF-8"
        return {
            "LC_ALL": locale,
            "XDG_STATE_HOME": str(home),
            "ACKADEMY_CONFIG": "",
            "TERM": "xterm-256color",
            "PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder),
        }


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURE)


def language_of(request: web.Request) -> str:
    """The language of the visitor's browser."""
    return "ko" if request.headers.get("Accept-Language", "").lower().startswith("ko") else "en"


def _size(text: str) -> int:
    return max(20, min(int(text), LARGEST)) if text.isascii() and text.isdecimal() else 80
