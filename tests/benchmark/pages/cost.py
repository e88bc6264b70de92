"""Processor time of a page, one at a time: what other work on the machine changes least."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from tests.benchmark.generate.cost import processor_s
from tests.benchmark.pages.walk import Stop
from tests.platform_node import Platform


@dataclass(frozen=True)
class Cost:
    """Of one page; each service's milliseconds of processor time by its name."""

    by_service: Mapping[str, float]
    wall_ms: float
    """Median."""
    bytes: int
    """Of the document, as sent."""

    @property
    def all_ms(self) -> float:
        return sum(self.by_service.values())


def cost(platform: Platform, client: httpx2.Client, stop: Stop, count: int) -> Cost:
    """Open the page so many times; the clock of processor time ticks each 10 ms, so a few are not enough."""
    for path in stop.paths:
        client.get(path).raise_for_status()
    before, times, size = processor_s(platform), [], 0
    for number in range(count):
        began = time.perf_counter()
        answer = client.get(stop.paths[number % len(stop.paths)])
        times.append(1000 * (time.perf_counter() - began))
        size = max(size, answer.num_bytes_downloaded)
    after = processor_s(platform)
    used = {name: 1000 * (after[name] - before[name]) / count for name in after}
    return Cost(used, sorted(times)[count // 2], size)
