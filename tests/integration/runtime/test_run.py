"""How a service's process ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from allmanning.runtime.run import REFUSED
from tests.conftest import Nats

PROCESS = """
import asyncio, sys
from contextlib import asynccontextmanager
from allmanning.runtime.errors import Conflict, Refused, Unavailable
from allmanning.runtime.run import Service, run
from allmanning.runtime.settings import Settings

@asynccontextmanager
async def build(bus):
    try:
        {start}
        yield Service(endpoints=[])
    finally:
        print("closed", flush=True)

run("audit", Settings(), build)
"""


def process(nats: Nats, start: str) -> subprocess.Popen[str]:
    environment = {
        "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{nats.port}",
        "ALLMANNING_NATS_USER": "audit",
        "ALLMANNING_NATS_PASSWORD": nats.password,
    }
    command = [sys.executable, "-c", PROCESS.format(start=start)]
    return subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_waits_for_another_ends_when_it_is_told_to(nats: Nats, signum: signal.Signals) -> None:
    waiting = process(nats, "print('waiting', flush=True); await asyncio.sleep(3600)")
    assert waiting.stdout
    assert waiting.stdout.readline() == "waiting\n"
    waiting.send_signal(signum)
    assert waiting.wait(20) == 0
    assert waiting.stdout.read() == "closed\n"


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize(
    ("raised", "code"),
    [("Refused('a', 'b')", REFUSED), ("Conflict('a', 'b')", 1), ("Unavailable('a', 'b')", 1)],
)
def test_the_exit_code_tells_a_refusal_from_what_another_start_may_mend(nats: Nats, raised: str, code: int) -> None:
    assert process(nats, f"raise {raised}").wait(20) == code
