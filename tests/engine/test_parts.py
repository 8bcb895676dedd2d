"""Each part of the engine by itself, among fakes of its ports."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.broker import Broker, transport_of
from simulator.engine.broker.leases import Leases
from simulator.engine.clock import Clock
from simulator.engine.context import Context
from simulator.engine.results import Copies
from simulator.engine.state import Message, PriorityQueue, Queue, Returned
from simulator.engine.worker.consumer import Consumer
from simulator.engine.worker.pool import Pool
from simulator.scenario.schema import Queue as QueueSpec
from simulator.trace import events as ev
from tests.engine import fakes
from tests.engine.fakes import Counter, Taker, broker_of, events, ground, message, play
from tests.strategies import build

SECOND = 10**6


# -- the clock --------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), st.booleans()), max_size=30))
def test_calls_come_by_time_then_priority_then_scheduling(planned: list[tuple[int, int, bool]]) -> None:
    clock, came = Clock(lambda: False, lambda: None), list[tuple[int, int, int]]()
    for order, (time, rank, daemon) in enumerate(planned):
        clock.at(time, rank, came.append, (time, rank, order), daemon)
    clock.play(10)
    assert came == sorted((time, rank, order) for order, (time, rank, _) in enumerate(planned))


def test_a_run_is_over_when_no_work_is_left_however_many_daemons_there_are() -> None:
    clock = Clock(lambda: True, lambda: None)

    def tick(_: object) -> None:
        clock.at(clock.now + 1, 1, tick, daemon=True)

    tick(None)
    cancelled = clock.at(9, 1, lambda _: None)
    clock.at(5, 1, lambda _: clock.cancel(cancelled))
    assert clock.play(100)
    assert clock.now == 5


def test_cancelling_what_fires_changes_nothing() -> None:
    clock, came = Clock(lambda: True, lambda: None), list[int]()
    firing = clock.at(1, 1, lambda _: clock.cancel(firing))
    clock.at(2, 1, came.append, 2)
    assert clock.play(100)
    assert (came, clock.now) == ([2], 2)


# -- queues -----------------------------------------------------------------------------------------------------


@given(st.data())
@pytest.mark.parametrize("ranks", [(0,), (0, -1, -2)])
def test_a_queue_is_sorted_by_priority_then_age_whatever_comes_back(
    ranks: tuple[int, ...], data: st.DataObject
) -> None:
    options: dict[str, Any] = {"has_arguments": False, "consumer_timeout": 0}
    queue = (
        Queue("q", 0, QueueSpec(), **options)
        if len(ranks) == 1
        else PriorityQueue("q", 0, QueueSpec(), ranks, **options)
    )
    out: list[Message] = []
    for number in range(data.draw(st.integers(0, 40))):
        action = data.draw(st.sampled_from(["add", "add", "take", "front", "original", "back", "remove"]))
        before = list(queue)
        if action == "add":
            priority = data.draw(st.integers(0, len(ranks)))
            new = Message(number, "", "", (), {}, "", 0, queue, priority=priority)
            place = queue.add(new)
        elif action == "take" and before:
            assert queue.head() is before[0]
            out.append(queue.take())
            assert out[-1] is before[0]
            continue
        elif action == "remove" and before:
            gone = data.draw(st.sampled_from(before))
            queue.remove(gone)
            before.remove(gone)
            assert list(queue) == before
            continue
        elif action in ("front", "original", "back") and out:
            new = out.pop(data.draw(st.integers(0, len(out) - 1)))
            place = queue.put_back(new, action)
        else:
            continue
        assert list(queue) == sorted([*before, new], key=lambda one: (one.rank, one.seq))
        assert list(queue)[place] is new
        assert queue.size == len(before) + 1


@given(st.integers())
def test_what_comes_back_finds_its_place_among_many(seed: int) -> None:
    order = Random(seed).sample(range(3000), 3000)
    line, queue = Returned(), Queue("q", 0, QueueSpec(), has_arguments=False, consumer_timeout=0)
    for seq in order:
        line.add(Message(seq, "", "", (), {}, "", 0, queue, seq=seq))
    assert [one.seq for one in line] == list(range(3000))
    assert [line.take().seq for _ in order] == list(range(3000))


# -- the broker -------------------------------------------------------------------------------------------------


def delivered(context: Context, broker: Broker, taker: Taker, queue: Queue, count: int) -> None:
    """Put messages into a queue and hand them over."""
    for _ in range(count):
        broker.arrive(message(context, queue))
        broker.deliver(queue, taker, -1)


def test_a_broker_forgets_what_is_acknowledged_and_keeps_what_is_not() -> None:
    context = ground()
    broker, transport = broker_of(context)
    queue = broker.queue("q")
    taker = Taker(context, [queue], "w")
    delivered(context, broker, taker, queue, 2)
    first, second = taker.held.values()
    broker.ack(first, -1)
    assert (list(taker.held), taker.unacked, transport.notified) == ([2], 1, ["q", "q"])
    assert "work_1" not in context.copies
    broker.reject(second, -1, requeue=True)
    assert [one.uuid for one in queue] == ["work_2"]
    assert "work_2" in context.copies
    assert events(context)[-1] == "message-requeued"


def test_a_full_queue_loses_its_head_or_refuses() -> None:
    context = ground()
    broker, _ = broker_of(
        context, {"drops": {"max_length": 1}, "refuses": {"max_length": 1, "overflow": "reject-publish"}}
    )
    drops, refuses = broker.queue("drops"), broker.queue("refuses")
    for queue in (drops, refuses):
        broker.arrive(message(context, queue))
    broker.arrive(message(context, drops))
    assert [one.uuid for one in drops] == ["work_3"]
    assert (broker.refuses(drops), broker.refuses(refuses)) == (None, "max-length")
    broker.down = True
    assert broker.refuses(drops) == "broker-down"


def test_a_rejected_message_goes_to_the_dead_letter_queue() -> None:
    context = ground()
    spec = {"dead_letter_exchange": "", "dead_letter_routing_key": "dead"}
    broker, transport = broker_of(context, {"q": spec})
    queue = broker.queue("q")
    taker = Taker(context, [queue], "w")
    delivered(context, broker, taker, queue, 1)
    broker.reject(taker.held[1], -1)
    assert [one.uuid for one in broker.queue("dead")] == ["work_1"]
    assert transport.notified[-1] == "dead"


def test_leases_that_are_up_come_back_newest_first() -> None:
    context = ground("celery-redis", broker_transport_options={"visibility_timeout": 10.0})
    broker, _ = broker_of(context)
    queue = broker.queue("q")
    taker = Taker(context, [queue], "w")
    delivered(context, broker, taker, queue, 3)
    leases = broker.leases
    assert isinstance(leases, Leases)
    broker.ack(taker.held[2], -1)
    assert leases.newest_up(10 * SECOND - 1, 10 * SECOND, 5) == []
    assert [one.tag for one in leases.newest_up(10 * SECOND, 10 * SECOND, 1)] == [3]
    assert leases.newest_up(10 * SECOND, 20 * SECOND, 5) == []
    oldest = leases.oldest()
    assert oldest is not None
    assert oldest.tag == 1
    assert leases.end(taker.held[3].message)
    assert [one.tag for one in leases] == [1]


def test_a_copy_is_counted_until_nobody_has_it() -> None:
    copies = Copies()
    copies.add("a")
    copies.add("a")
    copies.remove("a")
    assert "a" in copies
    copies.remove("a")
    assert "a" not in copies


# -- the transports ---------------------------------------------------------------------------------------------


def connected(context: Context, *limits: int) -> tuple[Broker, Queue, list[Taker]]:
    """A broker with a real transport, and a taker for each limit, all of them on one queue."""
    broker = Broker(context)
    transport = transport_of(context, broker)
    queue = broker.queue("q")
    takers = [Taker(context, [queue], f"w{number}", number, limit) for number, limit in enumerate(limits)]
    for taker in takers:
        taker.subscription = transport.subscription(taker)
        taker.subscription.open(-1)
    return broker, queue, takers


def test_push_goes_round_and_leaves_out_who_has_no_credit() -> None:
    context = ground()
    broker, queue, takers = connected(context, 1, 2)
    for _ in range(4):
        broker.arrive(message(context, queue))
    play(context)
    assert [taker.got for taker in takers] == [["work_1"], ["work_2", "work_3"]]
    assert queue.size == 1
    broker.ack(takers[0].held[1], -1)
    play(context)
    assert takers[0].got == ["work_1", "work_4"]


def test_push_closes_the_channel_of_who_takes_too_long() -> None:
    context = ground(consumer_timeout=5.0, channel_tick_interval=2.0)
    broker, queue, (taker,) = connected(context, 1)
    broker.arrive(message(context, queue))
    play(context, 7 * SECOND)
    assert taker.quit_for == ["consumer-timeout"]


def test_push_puts_back_at_once_where_it_stood() -> None:
    context = ground()
    broker, queue, (taker,) = connected(context, 2)
    for _ in range(3):
        broker.arrive(message(context, queue))
    play(context)
    assert taker.subscription is not None
    taker.subscription.close()
    taker.subscription.abandon(-1, "connection-lost", closed=False)
    assert [one.uuid for one in queue] == ["work_1", "work_2", "work_3"]
    assert all(one.redelivered for one in queue if one.uuid != "work_3")


def test_blocking_serves_the_question_that_is_open_for_longest() -> None:
    context = ground("celery-redis")
    broker, queue, (first, second) = connected(context, 1, 1)
    for at in (1, 2):
        context.clock.at(at, 1, lambda _: broker.arrive(message(context, queue)))
    play(context, SECOND)
    assert (first.got, second.got) == (["work_1"], ["work_2"])


def test_blocking_restores_what_is_not_acknowledged_in_time() -> None:
    options = {"visibility_timeout": 3.0, "unacked_restore_interval": 1.0, "unacked_restore_throttle": 1}
    context = ground("celery-redis", broker_transport_options=options)
    broker, queue, (taker, other) = connected(context, 1, 1)
    broker.arrive(message(context, queue))
    play(context, 5 * SECOND)
    assert (taker.got, other.got) == (["work_1"], ["work_1"])
    (restored,) = [event for event in context.journal.events if isinstance(event, ev.MessageRequeued)]
    assert (restored.t, restored.why) == (3 * SECOND, "visibility-timeout")


@pytest.mark.parametrize("polls", ["every", "found"])
def test_polling_asks_at_whole_intervals_until_there_is_something(polls: str) -> None:
    scenario = build({"polls": polls, "config": {"broker_transport_options": {"polling_interval": 1.0}}})
    context = Context(scenario.settings, 1)
    broker, queue, (taker,) = connected(context, 1)
    context.clock.at(2_500_000, 1, lambda _: broker.arrive(message(context, queue)))
    play(context, 10 * SECOND)
    asked = [(event.t, event.found) for event in context.journal.events if isinstance(event, ev.Poll)]
    in_vain = [(0, 0), (SECOND, 0), (2 * SECOND, 0)] if polls == "every" else []
    assert asked == [*in_vain, (3 * SECOND, 1)]
    assert taker.subscription is not None
    assert taker.subscription.silent_polls(10 * SECOND) == (0 if polls == "every" else 3)


def test_workers_of_many_queues_share_one_line() -> None:
    context = ground("celery-redis")
    broker = Broker(context)
    transport = transport_of(context, broker)
    queues = [broker.queue(f"q{number}") for number in range(50)]
    takers = [Taker(context, queues, f"w{number}", number, 1) for number in range(3)]
    for taker in takers:
        taker.subscription = transport.subscription(taker)
        taker.subscription.open(-1)
    for queue in (queues[7], queues[3], queues[42]):
        broker.arrive(message(context, queue))
    play(context, SECOND)
    assert sorted(uuid for taker in takers for uuid in taker.got) == ["work_1", "work_2", "work_3"]


# -- the worker -------------------------------------------------------------------------------------------------


def consumer_of(context: Context, slots: int, tasks: dict[str, Any] | None = None) -> tuple[Broker, Consumer, Counter]:
    """A connected consumer in front of a pool that only counts."""
    broker, transport = broker_of(context)
    pool = Counter(slots)
    loaded = fakes.application(context, broker, **(tasks or {}))
    worker = fakes.life(context, concurrency=slots)
    consumer = Consumer(context, worker, loaded, broker, transport, pool, lambda why: None)
    consumer.connect(-1)
    return broker, consumer, pool


def give(context: Context, broker: Broker, consumer: Consumer, **given: Any) -> None:
    """Deliver a message to a consumer."""
    queue = consumer.queues[0]
    broker.arrive(message(context, queue, **given))
    broker.deliver(queue, consumer, -1)


def test_a_consumer_hands_over_what_there_are_slots_for() -> None:
    context = ground(worker_prefetch_multiplier=2)
    broker, consumer, pool = consumer_of(context, 1)
    for _ in range(2):
        give(context, broker, consumer)
    assert pool.begun == ["work_1"]
    assert [one.message.uuid for one in consumer.reserved] == ["work_2"]
    assert not consumer.has_room()
    pool.free.append(1)
    consumer.next_request(-1)
    assert pool.begun == ["work_1", "work_2"]


def test_a_consumer_holds_a_task_for_its_eta_and_makes_room_meanwhile() -> None:
    context = ground(worker_prefetch_multiplier=1)
    broker, consumer, pool = consumer_of(context, 1)
    give(context, broker, consumer, eta=5 * SECOND)
    assert (pool.begun, consumer.window.limit) == ([], 2)
    context.clock.at(5 * SECOND - 1, 1, lambda _: pool.begun.append("before"))
    play(context, 6 * SECOND)
    assert (pool.begun, consumer.window.limit) == (["before", "work_1"], 1)


def test_a_consumer_keeps_to_a_rate_limit() -> None:
    context = ground(worker_prefetch_multiplier=0)
    broker, consumer, pool = consumer_of(context, 4, {"work": {"duration": 1, "rate_limit": "2/s"}})
    for _ in range(3):
        give(context, broker, consumer)
    begun: list[int] = []
    for tenth in range(12):
        context.clock.at(tenth * SECOND // 10 + 1, 1, lambda _: begun.append(len(pool.begun)))
    play(context, 2 * SECOND)
    assert begun == [1] * 5 + [2] * 5 + [3] * 2


@pytest.mark.parametrize("why", ["expired", "revoked"])
def test_a_consumer_acknowledges_what_is_not_to_run(why: str) -> None:
    context = ground()
    broker, consumer, pool = consumer_of(context, 1)
    consumer.revoked.add("work_1" if why == "revoked" else "")
    give(context, broker, consumer, expires=0 if why == "expired" else None)
    assert (pool.begun, consumer.held) == ([], {})
    assert events(context)[-3:] == ["message-acked", "result-stored", "task-revoked"]


def test_a_lost_connection_forgets_what_waits() -> None:
    context = ground(worker_prefetch_multiplier=0)
    broker, consumer, _ = consumer_of(context, 1)
    for eta in (None, None, SECOND):
        give(context, broker, consumer, eta=eta)
    consumer.lose(-1, "connection-lost")
    assert (list(consumer.reserved), consumer.loop.held(), consumer.waiting()) == ([], [], [])
    assert not consumer.connected
    play(context, 2 * SECOND)
    assert "task-started" not in events(context)


def pool_of(context: Context, slots: int, **tasks: Any) -> tuple[Broker, Pool, list[int], Taker]:
    """A pool whose freed slots are noted."""
    broker, _ = broker_of(context)
    freed: list[int] = []
    loaded = fakes.application(context, broker, **tasks)
    pool = Pool(context, fakes.life(context, concurrency=slots), loaded, broker, freed.append, lambda: None)
    queue = broker.queue("q")
    taker = Taker(context, [queue], "w")
    delivered(context, broker, taker, queue, slots)
    return broker, pool, freed, taker


@pytest.mark.parametrize("late", [False, True])
def test_a_pool_acknowledges_before_or_after(late: bool) -> None:
    context = ground()
    _, pool, freed, taker = pool_of(context, 1, work={"duration": 2, "acks_late": late})
    pool.begin(taker.held[1], -1)
    assert (pool.free, list(pool.active)) == ([], [1])
    play(context)
    began = ["task-started"] if late else ["message-acked", "task-started"]
    ended = ["result-stored", "message-acked"] if late else ["result-stored"]
    assert events(context)[-4:] == [*began, *ended, "task-succeeded"]
    assert (pool.free, pool.active, len(freed), context.clock.now) == ([1], {}, 1, 2 * SECOND)
    assert "work_1" not in context.copies


def test_a_pool_retries_by_publishing_another_message() -> None:
    context = ground()
    work = {"duration": 1, "raises": ["OSError"], "autoretry_for": ["OSError"], "default_retry_delay": 7}
    broker, pool, _, taker = pool_of(context, 1, work=work)
    pool.begin(taker.held[1], -1)
    play(context)
    (again,) = broker.queue("q")
    assert (again.uuid, again.retries, again.eta) == ("work_1", 1, 8 * SECOND)
    assert events(context)[-1] == "task-retried"


def test_a_pool_whose_child_dies_loses_what_it_ran() -> None:
    context = ground(child_death="at_once")
    _, pool, _, taker = pool_of(context, 1, work=5)
    pool.begin(taker.held[1], -1)
    context.clock.at(SECOND, 1, lambda _: pool.children.exit(1, "killed", -1))
    play(context)
    failed = [event for event in context.journal.events if isinstance(event, ev.TaskFailed)]
    assert [one.exception.partition("(")[0] for one in failed] == ["WorkerLostError"]
    assert events(context)[-1] == "child-started"
    assert pool.free == [1]


def test_a_hard_time_limit_is_planned_only_where_it_can_be_reached() -> None:
    for duration, ended in ((1, "task-succeeded"), (9, "child-started")):
        context = ground(child_death="at_once")
        _, pool, _, taker = pool_of(context, 1, work={"duration": duration, "time_limit": 3})
        pool.begin(taker.held[1], -1)
        (execution,) = pool.active.values()
        assert len(execution.limits) == (duration > 3)
        play(context)
        assert events(context)[-1] == ended
