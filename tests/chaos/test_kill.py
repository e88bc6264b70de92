"""Nothing accepted is lost or done twice when the whole node is killed at its worst moments."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx2
import pytest

from tests.platform_node import Platform

DOCUMENTS = 24


def document(number: int) -> bytes:
    text = f"Förskolan Solrosen {number} öppnar klockan {number % 12 + 1}.30 på vardagar.\n\n"
    return (f"# Förskola nummer {number}\n\n" + text * 3).encode()


def settled(platform: Platform, key: str) -> dict[str, str]:
    """State of every document by uri, once none is on its way."""
    deadline = time.monotonic() + 120
    with platform.http(key) as client:
        while True:
            listed = client.get("/v1/documents", params={"limit": 500}).json()["documents"]
            states = {each["uri"]: each["state"] for each in listed}
            if "received" not in states.values() or time.monotonic() > deadline:
                assert len(states) == len(listed), "a document is registered twice"
                return states
            time.sleep(0.2)


def test_kill_9_during_ingest_loses_no_accepted_document_and_doubles_none(tmp_path: Path) -> None:
    platform = Platform(tmp_path).start()
    key = platform.key("exempelby", "admin")
    accepted: list[str] = []

    def hand_in() -> None:
        with platform.http(key) as client:
            for number in range(DOCUMENTS):
                name = f"solrosen-{number}.md"
                try:
                    answer = client.post(
                        "/v1/documents",
                        files={"file": (name, document(number))},
                        data={"collection": "forskola", "secrecy": "open", "uri": name},
                    )
                except httpx2.HTTPError:
                    return
                if answer.status_code in (200, 202):
                    accepted.append(name)

    worker = threading.Thread(target=hand_in)
    worker.start()
    while len(accepted) < DOCUMENTS // 2:
        time.sleep(0.01)
    platform.kill()
    worker.join()
    platform.start()
    try:
        states = settled(platform, key)
        assert set(accepted) <= set(states)
        assert set(states.values()) == {"indexed"}
        with platform.http(key) as client:
            for name in accepted:
                number = name.removeprefix("solrosen-").removesuffix(".md")
                body = {"query": f"Förskola nummer {number}", "limit": 100}
                found = client.post("/v1/search", json=body).json()["passages"]
                mine = [each for each in found if each["document"]["uri"] == name]
                assert len({each["text"] for each in mine}) == len(mine) > 0
    finally:
        assert platform.stop() == 0


def test_kill_9_during_a_chat_leaves_a_log_that_verifies(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data").start()
    platform.deploy("exempelby")
    admin, citizen = platform.key("exempelby", "admin"), platform.key("exempelby", "citizen")
    with platform.http(admin) as client:
        for number in range(3):
            client.post(
                "/v1/documents",
                files={"file": (f"{number}.md", document(number))},
                data={"collection": "forskola", "secrecy": "open"},
            )
    settled(platform, admin)
    told: list[str] = []

    def chat() -> None:
        body = {"messages": [{"role": "user", "content": "När öppnar förskolan Solrosen 1?"}]}
        with platform.http(citizen) as client:
            while True:
                try:
                    answer = client.post("/v1/chat/completions", json=body)
                except httpx2.HTTPError:
                    return
                told.append(answer.json()["allmanning"]["decision_id"])

    chats = [threading.Thread(target=chat) for _ in range(4)]
    for each in chats:
        each.start()
    while len(told) < 12:
        time.sleep(0.01)
    platform.kill()
    for each in chats:
        each.join()
    platform.start()
    try:
        bundle = tmp_path / "logg.zip"
        platform.command("log", "bundle", "--authority", "exempelby", "--out", str(bundle))
        assert platform.run("log", "verify", str(bundle)).returncode == 0
        auditor = platform.key("exempelby", "auditor")
        with platform.http(auditor) as client:
            for decision_id in told:
                records = client.get(f"/v1/decisions/{decision_id}").json()["records"]
                assert records, "an answer was given that is not in the log"
                ids = [record["id"] for record in records]
                assert len(set(ids)) == len(ids)
    finally:
        assert platform.stop() == 0


def test_data_is_found_again_after_a_clean_stop(tmp_path: Path) -> None:
    platform = Platform(tmp_path).start()
    key = platform.key("exempelby", "admin")
    with platform.http(key) as client:
        client.post("/v1/documents", files={"file": ("1.md", document(1))}, data={"collection": "f", "secrecy": "open"})
    settled(platform, key)
    assert platform.stop() == 0
    platform.start()
    with platform.http(key) as client:
        assert client.post("/v1/search", json={"query": "Solrosen 1"}).json()["passages"]
    assert platform.stop() == 0


@pytest.mark.parametrize("victim", ["retrieve", "generate", "index", "gateway", "ingest", "audit"])
def test_a_service_that_dies_comes_back(victim: str, lively: Platform) -> None:
    import os
    import signal

    before = lively.pids()[victim]
    os.kill(before, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        after = lively.pids().get(victim)
        try:
            health = httpx2.get(f"{lively.url}/health", timeout=2)
        except httpx2.HTTPError:
            health = None
        if after not in (None, before) and health is not None and health.status_code == 200:
            return
        time.sleep(0.1)
    raise AssertionError(lively.logs())
