"""No answer without a record: with audit or its stream gone, chat says 503 and no token leaves."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest

from allmanning.node.folder import DataFolder
from allmanning.runtime import streams
from allmanning.runtime.bus import Bus
from allmanning.runtime.settings import Settings
from tests.platform_node import Platform

BODY = {"messages": [{"role": "user", "content": "När öppnar förskolan?"}]}


def assert_nothing_is_said(platform: Platform, key: str) -> None:
    with platform.http(key) as client:
        for stream in (False, True):
            answer = client.post("/v1/chat/completions", json=BODY | {"stream": stream})
            assert answer.status_code == 503, answer.text
            error = json.loads(answer.text)["error"]
            assert error["code"] == "audit.unavailable"
            assert "choices" not in answer.text


def test_with_audit_stopped_chat_is_unavailable_and_then_works_again(lively: Platform) -> None:
    key = lively.key("exempelby", "citizen")
    with lively.http(key) as client:
        assert client.post("/v1/chat/completions", json=BODY).status_code == 200
    audit = lively.pids()["audit"]
    os.kill(audit, signal.SIGSTOP)
    try:
        assert_nothing_is_said(lively, key)
    finally:
        os.kill(audit, signal.SIGCONT)
    with lively.http(key) as client:
        deadline = time.monotonic() + 30
        while client.post("/v1/chat/completions", json=BODY).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.fixture
async def operator(lively: Platform) -> Bus:
    folder = DataFolder(lively.data)
    settings = Settings(nats_url=folder.running().nats_url, nats_user="node", nats_password=folder.passwords()["node"])
    return await Bus.connect(settings, name="node")


async def test_without_the_stream_of_the_log_no_token_leaves(lively: Platform, operator: Bus) -> None:
    key = lively.key("exempelby", "citizen")
    await operator.js.delete_stream("AUDIT_LEAVES")
    try:
        assert_nothing_is_said(lively, key)
    finally:
        await streams.apply(operator.js)
        await operator.close()
