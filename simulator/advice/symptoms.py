"""Symptoms as people report them: error messages and sentences, each with its causes, lessons, and places to look."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simulator.advice.symptom_words import SAID
from simulator.story.catalog import Words

ENOUGH = 0.6
"""Share of a phrase's words that a description must contain."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """Something that goes wrong, as seen from outside."""

    name: str
    phrases: tuple[str, ...]
    """Descriptions of it, lower case: parts of an error message, words of a person."""
    rules: tuple[str, ...] = ()
    """Rules of advice whose demonstrations show a cause."""
    lessons: tuple[str, ...] = ()
    look: tuple[str, ...] = ()
    """Commands whose output tells the causes apart."""

    @property
    def title(self) -> Words:
        """The symptom in one line."""
        return SAID[self.name][0]

    @property
    def mechanism(self) -> Words:
        """The way it comes about."""
        return SAID[self.name][1]


def find_symptoms(text: str) -> list[Symptom]:
    """Symptoms that a description matches, best first: an error message in full, a few words, or a name.

    >>> [one.name for one in find_symptoms("Timed out waiting for UP message from <ForkProcess>")]
    ['child-not-up']
    """
    asked = text.lower()
    words = _words(asked)
    scores = {one.name: max(_score(asked, words, phrase) for phrase in (one.name, *one.phrases)) for one in SYMPTOMS}
    best = max(scores.values(), default=0.0)
    if best < ENOUGH:
        return []
    found = [one for one in SYMPTOMS if scores[one.name] >= max(ENOUGH, best - 0.2)]
    return sorted(found, key=lambda one: -scores[one.name])


def _score(asked: str, words: frozenset[str], phrase: str) -> float:
    if phrase in asked:
        return 1.0
    if len(asked) > 3 and asked in phrase:
        return 0.9
    own = _words(phrase)
    return 0.95 * len(words & own) / len(own) if len(own) > 1 else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text)) - _SMALL


_SMALL = frozenset("a an the is are my of in on to and it does was for from i we".split())

SYMPTOMS: tuple[Symptom, ...] = (
    Symptom(
        "runs-twice",
        ("task runs twice", "executed twice", "executed several times", "duplicate execution", "received again",
         "두 번 실행", "중복 실행", "여러 번 실행"),
        ("visibility-before-end", "visibility-before-eta", "two-visibility-timeouts", "late-ack-runs-twice",
         "run-past-consumer-timeout"),
        ("visibility-timeout", "crash-early-late"),
        ("celery inspect conf | grep -E 'visibility_timeout|acks_late'", "ZRANGE unacked_index 0 -1 WITHSCORES"),
    ),
    Symptom(
        "task-lost",
        ("task is gone", "task lost", "task disappeared", "tasks vanish", "never finished after a crash",
         "사라졌", "유실"),
        ("early-ack-loses", "failure-not-acked", "overflow-drops", "ttl-drops"),
        ("crash-early-late", "success-and-ack", "overflow"),
        ("celery inspect conf | grep acks_late", "rabbitmqctl list_policies"),
    ),
    Symptom(
        "never-starts",
        ("task never starts", "task never runs", "stays in the queue", "not picked up", "worker does not receive tasks",
         "실행되지 않", "시작되지 않", "처리되지 않"),
        ("queue-without-worker", "route-never-matches", "prefetch-behind-long", "overloaded",
         "priority-behind-prefetch"),
        ("never-runs", "prefetch"),
        ("celery inspect active_queues", "celery inspect reserved", "celery inspect scheduled", "LLEN celery"),
    ),
    Symptom(
        "pending",
        ("state is pending", "pending forever", "asyncresult pending", "계속 pending", "영원히 pending"),
        ("early-ack-loses", "queue-without-worker"),
        ("pending", "never-runs"),
        ("celery inspect query_task ID", "celery result ID"),
    ),
    Symptom(
        "unregistered",
        ("received unregistered task of type", "notregistered", "unregistered task", "등록되지 않은 task"),
        (),
        ("never-runs",),
        ("celery inspect registered",),
    ),
    Symptom(
        "child-not-up",
        ("timed out waiting for up message", "worker_proc_alive_timeout"),
        ("children-start-too-often",),
        ("memory",),
        ("celery inspect conf | grep proc_alive_timeout", "python -X importtime -c 'import yourapp'"),
    ),
    Symptom(
        "worker-lost",
        ("workerlosterror", "worker exited prematurely: signal 9 (sigkill)", "worker exited prematurely",
         "exitcode -9"),
        ("worker-lost-needs-late-ack", "requeued-for-ever"),
        ("memory", "poison", "crash-early-late"),
        ("dmesg | grep -i oom", "celery inspect stats"),
    ),
    Symptom(
        "precondition-failed",
        ("406 precondition_failed", "precondition_failed - delivery acknowledgement on channel", "consumer_timeout",
         "delivery acknowledgement timed out"),
        ("eta-past-consumer-timeout", "run-past-consumer-timeout"),
        ("consumer-timeout",),
        ("rabbitmqctl environment | grep consumer_timeout", "celery inspect scheduled"),
    ),
    Symptom(
        "idle-worker",
        ("worker is idle while tasks wait", "one worker is idle", "tasks are reserved but not started", "prefetch",
         "worker가 놀", "worker 하나만"),
        ("prefetch-behind-long", "eta-hoarded", "prefetch-without-limit"),
        ("prefetch", "two-queues"),
        ("celery inspect reserved", "celery inspect active"),
    ),
    Symptom(
        "empty-queue-yet-waiting",
        ("queue length is 0", "llen is 0", "queue is empty but tasks are waiting", "queue가 비어 있는데"),
        ("prefetch-behind-long", "eta-hoarded"),
        ("prefetch", "looking-inside"),
        ("celery inspect reserved", "celery inspect scheduled", "HLEN unacked"),
    ),
    Symptom(
        "stuck-in-unacked",
        ("stuck in unacked", "unacked messages after a crash", "comes back after an hour", "한 시간 뒤에"),
        ("visibility-too-long",),
        ("visibility-timeout", "crash-early-late"),
        ("HLEN unacked", "celery inspect conf | grep visibility_timeout"),
    ),
    Symptom(
        "priority-ignored",
        ("priority is ignored", "priority has no effect", "urgent task waits", "우선순위가 무시",
         "우선순위가 동작하지"),
        ("priority-ignored", "priority-behind-prefetch"),
        ("priorities",),
        ("rabbitmqctl list_queues name arguments", "celery inspect reserved"),
    ),
    Symptom(
        "retries-too-late",
        ("retry waits three minutes", "retries after 180 seconds", "backoff is ignored", "재시도가 3분"),
        ("retry-without-jitter",),
        ("retry", "retry-storm"),
        ("celery inspect scheduled",),
    ),
    Symptom(
        "retry-storm",
        ("retry storm", "maxretriesexceedederror", "all retries at the same time", "재시도 폭풍", "재시도가 몰"),
        ("retry-without-jitter", "retry-for-ever"),
        ("retry-storm", "dead-letter"),
        ("celery events",),
    ),
    Symptom(
        "time-limit",
        ("timelimitexceeded", "hard time limit exceeded", "softtimelimitexceeded", "time limit does nothing",
         "시간 제한이 동작하지"),
        ("limit-without-effect", "soft-limit-too-late", "limit-below-run"),
        ("time-limits", "pools"),
        ("celery inspect stats | grep pool", "celery inspect conf | grep time_limit"),
    ),
    Symptom(
        "revoke-does-not-stop",
        ("revoke did not stop", "revoked task came back", "revoke does nothing", "taskrevokederror", "revoke해도"),
        ("expires-in-backlog", "expires-before-countdown"),
        ("revoke",),
        ("celery inspect revoked", "celery inspect active"),
    ),
    Symptom(
        "beat-floods",
        ("beat runs twice", "beat overlaps", "periodic task runs at the same time", "beat sends twice",
         "beat가 두 번", "주기 작업이 겹"),
        ("beat-faster-than-task", "expires-in-backlog"),
        ("beat",),
        ("ps aux | grep 'celery beat'", "celery inspect reserved"),
    ),
    Symptom(
        "rate-limit-odd",
        ("rate limit is not global", "rate limit too high", "rate limit blocks other tasks", "rate_limit"),
        ("rate-limit-a-worker", "rate-limit-blocks-others", "rate-limits-off"),
        ("rate-limits",),
        ("celery inspect reserved", "celery inspect conf | grep rate_limit"),
    ),
    Symptom(
        "chord-hangs",
        ("chord never finishes", "chord body never runs", "chorderror", "chord_unlock", "chord가 끝나지"),
        ("chord-ignores-results",),
        ("group-and-chord",),
        ("celery inspect active | grep chord_unlock", "celery inspect conf | grep result_backend"),
    ),
    Symptom(
        "deadlock",
        ("never call result.get() within a task", "all workers wait", "deadlock", "worker hangs", "교착"),
        ("get-in-task",),
        ("get-in-task",),
        ("celery inspect active",),
    ),
    Symptom(
        "memory-grows",
        ("worker memory grows", "memory leak", "out of memory", "oom killed", "메모리가 늘", "메모리 누수"),
        ("eta-hoarded", "prefetch-without-limit", "children-start-too-often"),
        ("memory",),
        ("celery inspect scheduled", "celery inspect stats | grep rss"),
    ),
    Symptom(
        "deploy-loses",
        ("deploy loses tasks", "tasks lost on restart", "sigterm", "warm shutdown takes", "배포하면", "배포 중"),
        ("early-ack-loses", "late-ack-runs-twice"),
        ("shutdown", "crash-early-late"),
        ("kubectl get pod -o jsonpath='{.spec.terminationGracePeriodSeconds}'", "celery inspect active"),
    ),
    Symptom(
        "seen-offline",
        ("worker offline while it works", "missed heartbeat", "no nodes replied within time constraint", "offline으로"),
        ("computing-greenlet",),
        ("pools", "looking-inside"),
        ("celery inspect ping --timeout 10", "celery status"),
    ),
    Symptom(
        "queue-grows",
        ("queue keeps growing", "backlog grows", "queue grows without end", "queue가 계속 쌓", "적체"),
        ("overloaded", "beat-faster-than-task", "requeued-for-ever", "queue-without-worker"),
        ("hockey-stick", "littles-law", "overflow"),
        ("rabbitmqctl list_queues name messages consumers", "celery inspect active"),
    ),
)  # fmt: skip
"""Every symptom, the most frequent first."""
