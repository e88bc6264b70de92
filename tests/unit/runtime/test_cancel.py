"""A task that misses its cancellation is told again, and one that ends in order is left to do so."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from allmanning.runtime.cancel import cancel


async def _forgetful(missed: int) -> None:
    """Goes on as many times as asked, as `asyncio.wait_for` of Python 3.11 lets it."""
    for _ in range(missed):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    await asyncio.Event().wait()


@pytest.mark.parametrize("missed", [0, 1, 3])
async def test_all_have_ended_however_often_they_missed_it(missed: int) -> None:
    tasks = [asyncio.create_task(_forgetful(missed)), asyncio.create_task(_forgetful(0))]
    await asyncio.sleep(0)
    await cancel(tasks, again_after_s=0.01)
    assert all(task.cancelled() for task in tasks)


async def test_putting_work_in_order_is_not_broken_into() -> None:
    in_order = False

    async def orderly() -> None:
        nonlocal in_order
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            in_order = True

    task = asyncio.create_task(orderly())
    await asyncio.sleep(0)
    await cancel([task])
    assert in_order


async def test_what_has_failed_is_left_as_it_is() -> None:
    async def failing() -> None:
        raise ValueError("fel")

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await cancel([task])
    assert isinstance(task.exception(), ValueError)
