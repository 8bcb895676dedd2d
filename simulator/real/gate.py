"""The gate: every address that anything here connects to passes it, and every Celery application is made behind it.

A URL is taken apart as Kombu does it (`kombu.utils.url`), a failover list (`;`) into each of its URLs. Without being
asked, nothing is reached that is not on this machine; and nothing waits for ever for a server that does not answer.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from celery import Celery
from celery.app.utils import Settings
from celery.loaders.app import AppLoader
from kombu import Connection
from kombu.exceptions import OperationalError
from kombu.utils.url import url_to_parts

from simulator.real.performing.limits import Limit
from simulator.real.performing.plan import without_password

LOCAL = frozenset(
    "memory filesystem file redis rediss redis+socket amqp amqps pyamqp sentinel rpc cache+memory "
    "sqla+sqlite db+sqlite".split()
)
"""Schemes that mean this machine if they name none."""

HOST_KEYS = ("host", "hostname")
"""Parameters of a query that stand for the host (Celery's Redis backend lays them over it)."""

SOCKETS = ("redis", "rediss", "sentinel")
"""Transports that would wait for ever without a timeout."""

PATIENCE = 4.0
"""Seconds that a broker may take to answer."""


def refused_addresses(broker: str, backend: str | None = None, *, allowed: bool) -> list[Limit]:
    """Reasons not to connect to a broker and a result backend.

    They have no valid URL, or (unless that is `allowed`) are not on this machine.
    """
    found = []
    for url in [broker, *([] if backend is None else [backend])]:
        try:
            far = [one for one in url.split(";") if not is_near(one)]
            if url == broker:
                Connection(url)  # refuses parameters that it does not know
        except (ValueError, TypeError, KeyError, ImportError, NameError) as error:
            shown = f"{url.partition(':')[0][:40]}:..."  # where its password stands cannot be told
            found.append(Limit("unreachable", {"url": shown, "reason": str(error.args[0])}))
            continue
        if far and not allowed:
            found.append(Limit("elsewhere", {"url": without_password(url)}))
    return found


def is_near(url: str) -> bool:
    """Return whether one URL leads to this machine; raises `ValueError` if it is none.

    >>> is_near("redis://localhost:6379/0"), is_near("redis://localhost?host=prod"), is_near("sqs://")
    (True, False, False)
    """
    if "://" not in url:
        raise ValueError("no ://")
    parts = url_to_parts(url)
    hosts = [host for host in (parts.hostname, *(parts.query.get(key) for key in HOST_KEYS)) if host]
    return all(map(_is_loopback, hosts)) if hosts else parts.scheme in LOCAL


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Told(Settings):  # type: ignore[misc]
    """Settings as they are told: Celery's own let variables of the environment override the addresses."""

    @property
    def broker_url(self) -> str | None:
        return self._told("broker_url")

    @property
    def broker_read_url(self) -> str | None:
        return self._told("broker_read_url") or self.broker_url

    @property
    def broker_write_url(self) -> str | None:
        return self._told("broker_write_url") or self.broker_url

    @property
    def result_backend(self) -> str | None:
        return self._told("result_backend")

    def _told(self, name: str) -> str | None:
        found: str | None = self.get(name)
        return found


class _Untold(AppLoader):  # type: ignore[misc]
    """A loader that reads no module of settings, whatever `CELERY_CONFIG_MODULE` names."""

    def read_configuration(self, env: str = "") -> None:
        """Read nothing."""


def make_celery(**options: Any) -> Celery:
    """Make an application that connects where it is told, whatever the environment says; `options` are Celery's."""
    app = Celery("ackademy", loader=_Untold, **options)
    object.__setattr__(app.conf, "__class__", _Told)  # an attribute of settings is a setting
    return app


def bounded(url: str) -> dict[str, Any]:
    """Transport options with which no answer of a broker is waited for longer than `PATIENCE`.

    Nothing is read from Redis before there is something to read, so a quiet connection is no silent one.
    """
    kinds = {scheme_of(one) for one in url.split(";")}
    return dict.fromkeys(("socket_timeout", "socket_connect_timeout"), PATIENCE) if kinds & {*SOCKETS} else {}


def scheme_of(url: str) -> str:
    """The transport of a URL, as it is written: `redis` of `redis+socket:///tmp/redis.sock`."""
    return url.partition("://")[0].partition("+")[0]


def lost_of(app: Celery) -> tuple[type[BaseException], ...]:
    """Errors that mean that an application's broker is gone, or refuses."""
    return lost_with(app.connection())


def lost_with(connection: Any) -> tuple[type[BaseException], ...]:
    """Errors that mean that the broker at a connection is gone, or refuses."""
    return (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors)
