"""Runs of the shop on a real Celery, recorded.

`python -m tests.real.shop_runs redis out --seconds 60 --kill w1@30` leaves the recording (`run.jsonl`), the shop's own
log (`shop.jsonl`) and what was done when (`about.json`) in the folder `out`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.real.brokers import OwnRedis

WORKERS = {
    "w1": ["-Q", "orders", "-c", "4"],
    "w2": ["-Q", "mail", "-c", "4", "-P", "threads"],
    "w3": ["-Q", "back,orders", "--autoscale", "6,2"],
}
BROKERS = ("redis", "rabbitmq")
VHOST = "ackademy-shop"
"""Virtual host of RabbitMQ's that a run has for itself: `rabbitmqctl add_vhost`, `set_permissions`."""
RABBITMQ = os.environ.get("SHOP_RABBITMQ", f"amqp://guest:guest@127.0.0.1:5672/{VHOST}")
PROXY = 17655
"""Port of the way to RabbitMQ that an outage closes: others use that server too. A Redis is the shop's own."""


@dataclass
class Shop:
    """The processes of one run."""

    env: dict[str, str]
    folder: Path
    url: str
    """Address of the broker itself, where a recording listens."""
    redis: OwnRedis | None = None
    """The broker, if it is one."""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a process of Python's in a process group of its own."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words], env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self.processes[name] = process
        return process

    def worker(self, name: str) -> None:
        """Start a worker."""
        words = ["-m", "celery", "-A", "tests.real.shop", "worker", "-n", f"{name}@shop", "-l", "warning"]
        self.start(name, *words, *WORKERS[name])

    def kill(self, name: str) -> None:
        """Kill a process with all its children, as the loss of a machine does."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def restart(self, name: str) -> None:
        """Deploy a worker: SIGTERM, wait for what runs, start the next process."""
        self.processes[name].send_signal(signal.SIGTERM)
        try:
            self.processes[name].wait(30)
        except subprocess.TimeoutExpired:
            self.kill(name)
        self.worker(name)

    def down(self) -> None:
        """Begin an outage: stop Redis, or close the way to RabbitMQ."""
        if self.redis is not None:
            self.redis.stop()
        else:
            self.kill("proxy")

    def up(self) -> None:
        """End the outage."""
        if self.redis is not None:
            self.redis.start()
        else:
            self.start("proxy", *PROXY_WORDS)

    def end(self) -> None:
        """Stop what still runs."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 15
        for name, process in self.processes.items():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.kill(name)


PROXY_WORDS = (
    "-c",
    f"import os; os.execvp('socat', ['socat', 'TCP-LISTEN:{PROXY},fork,reuseaddr', 'TCP:127.0.0.1:5672'])",
)
"""Start a way to RabbitMQ, closed by the end of its process group."""


def clean_rabbitmq() -> None:
    """Delete the shop's queues."""
    from celery import Celery

    with Celery("clean", broker=RABBITMQ, set_as_current=False).connection_for_write() as connection:
        for queue in ("orders", "mail", "back"):
            connection.default_channel.queue_delete(queue)


@contextmanager
def shop(broker: str, folder: Path, *, tells_sent: bool = False, proxied: bool = False) -> Iterator[Shop]:
    """Open the shop: workers and beat run once the block begins. `proxied`: it may lose RabbitMQ."""
    folder.mkdir(parents=True, exist_ok=True)
    backend = OwnRedis()
    redis = OwnRedis(folder) if broker == "redis" else None
    url = redis.url if redis is not None else RABBITMQ
    way = url.replace(":5672", f":{PROXY}") if proxied else url
    env = {**os.environ, "SHOP_BROKER": way, "SHOP_BACKEND": backend.url, "SHOP_LOG": str(folder / "shop.jsonl"),
           "SHOP_TELLS_SENT": "1" if tells_sent else "", "PYTHONPATH": os.getcwd()}  # fmt: skip
    found = Shop(env, folder, url, redis)
    try:
        if redis is None:
            clean_rabbitmq()
        if way != url:
            found.start("proxy", *PROXY_WORDS)
            time.sleep(1)
        for name in WORKERS:
            found.worker(name)
        _wait_for(way, len(WORKERS))
        found.start("beat", "-m", "celery", "-A", "tests.real.shop", "beat", "-s", str(folder / "beat"))
        yield found
    finally:
        found.end()
        if redis is None:
            clean_rabbitmq()
        else:
            redis.kill()
        backend.kill()


def _wait_for(url: str, count: int) -> None:
    from celery import Celery

    inspect = Celery("wait", broker=url, set_as_current=False).control.inspect(timeout=1)
    deadline = time.monotonic() + 60
    while len(inspect.ping() or ()) < count:
        assert time.monotonic() < deadline, "the workers did not start"


def record(found: Shop, file: Path, seconds: float) -> subprocess.Popen[bytes]:
    """Record for a time; returns once the recording has begun."""
    words = [
        "-m",
        "simulator",
        "record",
        "--broker",
        found.url,
        "-o",
        str(file),
        "--for",
        str(seconds),
        "--lang",
        "en",
    ]
    process = found.start("record", *words)
    deadline = time.monotonic() + 30
    while not file.exists() or not file.read_text(encoding="utf-8").count("\n"):
        assert process.poll() is None, (found.folder / "record.log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return process


def customers_of(found: Shop, seconds: float, load: float, seed: int) -> subprocess.Popen[bytes]:
    """Let customers in for a time."""
    call = f"customers({seconds}, {load}, {seed})"
    return found.start("customers", "-c", f"from tests.real.shop import customers; {call}")


def perform(args: argparse.Namespace) -> None:
    """Open the shop for a time, and do to it what was asked for."""
    folder = Path(args.folder)
    deeds: list[tuple[float, str, str]] = []
    for kind in ("kill", "start", "restart"):
        for one in getattr(args, kind):
            name, _, at = one.partition("@")
            deeds.append((float(at), kind, name))
    if args.outage:
        at, _, length = args.outage.partition("+")
        deeds += [(float(at), "down", ""), (float(at) + float(length), "up", "")]
    with shop(args.broker, folder, tells_sent=args.tells_sent, proxied=bool(args.outage)) as found:
        recording = record(found, folder / "run.jsonl", args.seconds + args.after)
        begun = time.time()
        sender = found.start(
            "customers",
            "-c",
            f"from tests.real.shop import customers; customers({args.seconds}, {args.load}, {args.seed})",
        )
        for at, kind, name in sorted(deeds):
            time.sleep(max(0.0, begun + at - time.time()))
            if kind == "kill":
                found.kill(name)
            elif kind == "restart":
                found.restart(name)
            elif kind == "start":
                found.worker(name)
            elif kind == "down":
                found.down()
            else:
                found.up()
        sender.wait()
        recording.wait()
        with open(folder / "about.json", "w", encoding="utf-8") as file:
            json.dump({"begun": begun, "deeds": deeds, "seconds": args.seconds, "load": args.load}, file)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("broker", choices=BROKERS)
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--after", type=float, default=5, help="seconds of recording after the last customer")
    parser.add_argument("--load", type=float, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tells-sent", action="store_true")
    parser.add_argument("--outage", default="", metavar="AT+SECONDS")
    for kind in ("kill", "start", "restart"):
        parser.add_argument(f"--{kind}", action="append", default=[], metavar="WORKER@AT")
    perform(parser.parse_args())


if __name__ == "__main__":
    main()
