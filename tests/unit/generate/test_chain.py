"""A chain takes as many questions as who would answer them."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from allmanning.generate.conversation import Asking
from allmanning.generate.draft import Draft, Task
from allmanning.generate.model.chain import Chain, Link


class Scripted:
    """An answerer that takes so many at once."""

    prompt = b""
    most_tokens = 0

    def __init__(self, capacity: int | None) -> None:
        self.capacity = capacity
        self.model = str(capacity)

    async def query(self, asking: Asking, language: str) -> str:
        raise NotImplementedError

    def answer(self, task: Task) -> AsyncGenerator[Draft, None]:
        raise NotImplementedError

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("capacities", "taken"),
    [((8, None), 8), ((0, None), None), ((0, 4), 4), ((0, 0), 1), ((None,), None)],
)
def test_the_first_that_is_well_says_how_many_are_taken(capacities: tuple[int | None, ...], taken: int | None) -> None:
    assert Chain([Link(Scripted(each), None) for each in capacities]).capacity == taken
