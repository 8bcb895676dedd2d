"""What a real Celery did, predicted event by event."""

from __future__ import annotations

import dataclasses

import pytest

from simulator import simulate
from tests.recordings.compare import compare, predicted
from tests.recordings.experiment import as_scenario, read_recording

TOLERANCE = 0.15
"""Seconds; see the comparison rules: typical worst errors are 0.02 to 0.08."""

RECORDINGS = [
    "02_retry_until_success_rabbitmq",
    "05_acks_early_kill9_rabbitmq",
    "10_prefetch4_starves_rabbitmq",
    "12_prefetch1_acks_late_rabbitmq",
    "32_pool_threads_rabbitmq",
    "48_kill9_with_standby_rabbitmq",
]


@pytest.mark.parametrize("name", RECORDINGS)
def test_prediction_agrees_with_the_recording(name: str) -> None:
    recording = read_recording(name)
    result = compare(predicted(simulate(as_scenario(recording))), recording.happenings)
    assert result.differences == []
    assert result.worst <= TOLERANCE


def test_a_wrong_prediction_is_noticed() -> None:
    recording = read_recording("10_prefetch4_starves_rabbitmq")
    other = read_recording("12_prefetch1_acks_late_rabbitmq")
    wrong = predicted(simulate(as_scenario(other)))
    assert compare(wrong, recording.happenings).differences

    right = predicted(simulate(as_scenario(recording)))
    late = [dataclasses.replace(h, t=h.t + 1.0) if h.uuid == "s6" else h for h in right]
    assert compare(late, recording.happenings).worst > TOLERANCE
