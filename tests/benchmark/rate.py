"""What the rate limit costs a request: `python -m tests.benchmark.rate`. CPU time, median of seven, beside none."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from allmanning.gateway.keyring import Keyring
from allmanning.gateway.keys import create_key
from allmanning.gateway.rate import RateLimits
from allmanning.gateway.settings import GatewaySettings

TARGET_US = 50.0
REQUESTS = 4_000


async def answer(_scope, _receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def sink(_message) -> None:
    return


async def cost_us(app, scope: dict) -> float:
    """Microseconds of CPU a request."""
    runs = []
    for _ in range(7):
        began = time.process_time()
        for _ in range(REQUESTS):
            await app(dict(scope), None, sink)
        runs.append((time.process_time() - began) / REQUESTS * 1e6)
    return statistics.median(runs)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        token = create_key(Path(folder), "exempelby", "citizen")
        keyring = Keyring(Path(folder))
        keyring.warm_up()
        settings = GatewaySettings(rate_per_minute=10**9, anonymous_rate_per_minute=10**9)
        running = SimpleNamespace(state=SimpleNamespace(parts=SimpleNamespace(keyring=keyring)))
        scope = {"type": "http", "path": "/v1/models", "client": ("192.0.2.1", 1), "app": running}
        limited = RateLimits(answer, settings)
        bare = await cost_us(answer, scope | {"headers": []})
        by_address = await cost_us(limited, scope | {"headers": []})
        by_key = await cost_us(limited, scope | {"headers": [(b"authorization", f"Bearer {token}".encode())]})
        keyring.close()
    print(f"without {bare:.1f} us; by address {by_address:.1f} us, by key {by_key:.1f} us; target {TARGET_US:.0f} us")


if __name__ == "__main__":
    asyncio.run(main())
