"""The audit service as a process that can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from allmanning.contracts.audit.v1.audit_pb import CheckpointRequest, CheckpointResponse
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import PlatformError
from tests.conftest import Nats


class AuditProcess:
    """`python -m allmanning.audit`, signed in with its own rights only."""

    def __init__(self, nats: Nats, data: Path, **settings: str) -> None:
        self._environment = os.environ | {
            "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{nats.port}",
            "ALLMANNING_NATS_USER": "audit",
            "ALLMANNING_NATS_PASSWORD": nats.password,
            "ALLMANNING_DATA_DIR": str(data),
            **{f"ALLMANNING_{name.upper()}": value for name, value in settings.items()},
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, bus: Bus) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "allmanning.audit", env=self._environment, stdout=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(30):
            while True:
                try:
                    await bus.call(
                        subjects.AUDIT_CHECKPOINT, CheckpointRequest(authority="ingen"), CheckpointResponse, timeout_s=2
                    )
                except PlatformError:
                    await asyncio.sleep(0.02)
                else:
                    return

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def stop(self, number: int = signal.SIGKILL) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        await self._process.wait()
        # The server notices the closed connection.
        await asyncio.sleep(0.05)
