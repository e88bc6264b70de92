"""`python -m allmanning.gateway` as an operator runs it."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import httpx

from allmanning.gateway.keys import create_key
from tests.conftest import free_port
from tests.integration.gateway.process import gateway_process, until_up

QUESTION = {"messages": [{"role": "user", "content": "Var bor Tolvan Tolvansson?"}], "stream": True}


async def test_sigterm_lets_a_stream_finish_and_logs_hold_no_question(gateway, nats, tmp_path: Path):
    """The services of the `gateway` fixture answer; the process under test is a second gateway."""
    go_on = asyncio.Event()
    events = list(gateway.script.events)

    async def slowly(_request):
        yield events[0]
        yield events[1]
        await go_on.wait()
        for each in events[2:]:
            yield each

    gateway.script.answer = slowly
    port, data_dir = free_port(), tmp_path / "other"
    key = create_key(data_dir, "exempelby", "citizen")
    async with gateway_process(nats, data_dir, port, trusted_proxies="192.0.2.1") as process:
        headers = {"Authorization": f"Bearer {key}"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=20) as client:
            await until_up(client)
            # Whoever is no proxy of ours does not say how it came.
            alone = await client.get("/signin", headers={"X-Forwarded-Proto": "https"})
            assert "strict-transport-security" not in alone.headers
            async with client.stream("POST", "/v1/chat/completions", json=QUESTION) as answer:
                lines = answer.aiter_lines()
                while "markhöjd" not in await anext(lines):
                    pass
                process.send_signal(signal.SIGTERM)
                await asyncio.sleep(0.3)
                go_on.set()
                rest = [line async for line in lines if line]
        assert rest[-1] == "data: [DONE]"
        log = (await asyncio.wait_for(process.communicate(), 15))[1].decode()
        assert process.returncode == 0
    assert "Tolvan" not in log
    entries = [json.loads(line) for line in log.splitlines()]
    asked = next(each for each in entries if each["message"].startswith("POST /v1/chat/completions 200"))
    assert asked["service"] == "gateway"
    assert len(asked["trace_id"]) == 32
