"""A gateway as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from tests.integration.gateway.conftest import until


@contextlib.asynccontextmanager
async def gateway_process(
    nats, data_dir: Path, port: int, **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m allmanning.gateway` with these settings beside where it is; killed at the end if it still runs."""
    told = {
        "nats_url": f"nats://127.0.0.1:{nats.port}",
        "nats_user": "gateway",
        "nats_password": nats.password,
        "data_dir": str(data_dir),
        "gateway_port": str(port),
    }
    environment = {f"ALLMANNING_{name.upper()}": value for name, value in (told | settings).items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "allmanning.gateway", env=os.environ | environment, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def until_up(client: httpx.AsyncClient) -> None:
    async def answers() -> bool:
        with contextlib.suppress(httpx.ConnectError):
            await client.get("/v1/models")
            return True
        return False

    await until(answers, within_s=60)
