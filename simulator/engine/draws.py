"""Named random streams: a draw depends on the seed, its purpose, its owner, its number and attempt.

Nothing else in the run can change it, so two runs that differ in one setting share arrivals and durations.
Uniforms come from Python's Mersenne Twister, whose `random()` is the same in every version, seeded anew for each
block of draws; the shapes are explicit inverse functions.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Callable
from hashlib import blake2b
from itertools import accumulate, islice
from random import Random
from statistics import NormalDist
from typing import TypeVar

from simulator.scenario.values.distributions import Distribution
from simulator.trace.time import MICROS, to_micros

BLOCK_BITS = 8
BLOCK = 1 << BLOCK_BITS
"""Draws per block: drawn in blocks because seeding costs as much as two hundred draws."""

LAST_OF_BLOCK = BLOCK - 1

KEPT_BLOCKS = 64
"""Blocks a sampler caches: retries of several attempts alternate between a few."""

_P95 = NormalDist().inv_cdf(0.95)

Sampler = Callable[[int, int], int]
"""(number, attempt) -> microseconds."""


def stream(seed: int, purpose: str, who: str) -> int:
    """Return the 64-bit name of a stream of draws."""
    text = f"{seed}\x1f{purpose}\x1f{who}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def uniforms(name: int, block: int, attempt: int, count: int = BLOCK) -> list[float]:
    """Return the first `count` draws of a block of a stream: each 0 <= u < 1."""
    draw = Random(name << 96 | attempt << 64 | block).random
    return list(islice(iter(draw, None), count))


def sampler(distribution: Distribution, name: int) -> Sampler:
    """Return a function that draws from a distribution, in whole microseconds."""
    numbers = distribution.numbers
    if distribution.kind == "constant":
        constant = to_micros(numbers[0])
        return lambda number, attempt: constant
    if distribution.kind == "list":
        listed = [to_micros(value) for value in numbers]
        return lambda number, attempt: listed[number % len(listed)]
    if distribution.kind == "exponential":  # as below, without a call for each draw
        mean, log = -numbers[0], math.log
        return blocks(
            lambda block, attempt: [round(mean * log(1.0 - u) * MICROS) for u in uniforms(name, block, attempt)]
        )
    inverse = _inverse(distribution)
    return blocks(lambda block, attempt: [round(inverse(u) * MICROS) for u in uniforms(name, block, attempt)])


T = TypeVar("T")


def blocks(make: Callable[[int, int], list[T]]) -> Callable[[int, int], T]:
    """Return a function of (number, attempt) that looks values up in the blocks made by `make(block, attempt)`."""
    kept: dict[tuple[int, int], list[T]] = {}
    block, tried, values = -1, -1, list[T]()

    def draw(number: int, attempt: int) -> T:
        nonlocal block, tried, values
        if number >> BLOCK_BITS != block or attempt != tried:
            block, tried = number >> BLOCK_BITS, attempt
            found = kept.get((block, tried))
            if found is None:
                if len(kept) >= KEPT_BLOCKS:
                    kept.clear()
                found = kept[block, tried] = make(block, tried)
            values = found
        return values[number & LAST_OF_BLOCK]

    return draw


def _inverse(distribution: Distribution) -> Callable[[float], float]:
    """Return the inverse distribution function, in seconds."""
    numbers = distribution.numbers
    match distribution.kind:
        case "uniform":
            low, high = numbers
            return lambda u: low + (high - low) * u
        case "normal":
            mean, spread = numbers
            return lambda u: max(0.0, mean + spread * _normal(u))
        case "lognormal":
            median, p95 = numbers
            sigma = math.log(p95 / median) / _P95
            return lambda u: median * math.exp(sigma * _normal(u))
        case "choice":
            bounds = list(accumulate(distribution.weights))
            return lambda u: numbers[min(bisect(bounds, u * bounds[-1]), len(numbers) - 1)]
        case kind:
            raise ValueError(kind)


def _normal(u: float) -> float:
    return NormalDist().inv_cdf(min(max(u, 1e-12), 1 - 1e-12))
