"""A scripted server asked in either dialect; two of them, and a pool of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from allmanning.generate.model.pool.pool import Pool
from tests.contract.generate.chats import Chat, opened
from tests.contract.generate.pooled import pooled
from tests.contract.generate.scripted_model import Script, ScriptedModel


@pytest.fixture
async def models() -> AsyncIterator[list[ScriptedModel]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(ScriptedModel(Script(pieces=("Hej.",), pause_s=0))) for _ in range(2)]


@pytest.fixture
async def pool(models: list[ScriptedModel]) -> AsyncIterator[Pool]:
    async with pooled(models) as made:
        yield made


@pytest.fixture
async def model() -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel() as served:
        yield served


@pytest.fixture(params=["tgi", "openai"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def chat(dialect: str, model: ScriptedModel) -> AsyncIterator[Chat]:
    async with opened(dialect, model, timeout_s=60) as made:
        yield made


@pytest.fixture
async def impatient(dialect: str, model: ScriptedModel) -> AsyncIterator[Chat]:
    async with opened(dialect, model, timeout_s=0.3) as made:
        yield made
