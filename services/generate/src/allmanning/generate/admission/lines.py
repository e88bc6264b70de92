"""A line before each model: whoever asks one model waits for its places, and takes none of another's."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from allmanning.generate.admission.admission import Admission, Limits
from allmanning.generate.admission.headroom import Headroom
from allmanning.generate.admission.queue import Weights
from allmanning.generate.draft import Answerer


class Lines:
    """A model that is asked first has one line, in whatever chains; the documents' own sentences have one too.

    What one line has room for is what its model's servers word at once, and no more than this process can attend to.
    """

    def __init__(self, weights: Weights, limits: Limits, *, extractive_places: int) -> None:
        self._weights = weights
        self._limits = limits
        self._extractive_places = extractive_places
        self._lines: dict[str, Admission] = {}
        self._before: dict[str, Answerer] = {}
        self._opened = asyncio.Event()
        self.headroom = Headroom(lambda: sum(map(self._wanted, self._before)))

    def before(self, answerer: Answerer) -> Admission:
        """The line of an answerer's model."""
        name = answerer.model
        if name not in self._lines:
            self._before[name] = answerer
            self._lines[name] = Admission(
                self._weights, self._limits, lambda: min(self._wanted(name), self.headroom.places())
            )
            self._opened.set()
        return self._lines[name]

    @property
    def taken(self) -> int:
        """Answers under way, of all models."""
        return sum(each.taken for each in self._lines.values())

    async def tell_places(self) -> NoReturn:
        """Tell those who wait in any line where they stand, for as long as the service runs."""
        told: set[str] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                self._opened.clear()
                for name in self._lines.keys() - told:
                    group.create_task(self._lines[name].tell_places())
                    told.add(name)
                await self._opened.wait()

    def _wanted(self, name: str) -> int:
        capacity = self._before[name].capacity
        return self._extractive_places if capacity is None else capacity
