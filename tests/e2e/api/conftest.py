"""A platform of two authorities, with one of each thing in the first, for requests to every operation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from allmanning.gateway.keys import create_key
from tests.platform_node import Platform

AUTHORITY = "provby"
OTHER = "annanby"
ROLES = ("citizen", "caseworker", "auditor", "admin")
UNLIMITED = {"ALLMANNING_RATE_PER_MINUTE": "0", "ALLMANNING_ANONYMOUS_RATE_PER_MINUTE": "0"}
MARK = "Provbyhällen"


@dataclass
class Api:
    """The platform's address, a key of each asker, and the identifiers of what is there, by path parameter."""

    url: str
    keys: dict[str, str]
    known: dict[str, list[str]] = field(default_factory=dict)
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=60))

    def call(self, method: str, path: str, asker: str, **values: object) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.keys[asker]}"} if self.keys[asker] else {}
        return self.client.request(method, self.url + path, headers=headers, **values)  # type: ignore[arg-type]


def _made(answer: httpx2.Response) -> dict:
    assert answer.status_code < 300, (answer.url, answer.status_code, answer.text)
    return answer.json()


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    platform = Platform(tmp_path_factory.mktemp("api"), environment=UNLIMITED).start()
    keys = {role: create_key(platform.data, AUTHORITY, role) for role in ROLES}
    keys |= {f"other {role}": create_key(platform.data, OTHER, role) for role in ROLES}
    with platform.http(keys["admin"]) as admin:
        ended = _made(admin.post("/v1/keys", json={"role": "admin"}))
        assert admin.delete(f"/v1/keys/{ended['id']}").status_code == 204
    keys |= {
        "nobody": "",
        "second": create_key(platform.data, AUTHORITY, "admin"),
        "revoked": ended["key"],
        "unknown": "alm_x",
    }
    api = Api(platform.url, keys)
    furnish(api, platform.data)
    yield api
    api.client.close()
    assert platform.stop() == 0


def furnish(api: Api, folder: Path) -> None:
    """One of each thing, so that not every request asks for what does not exist."""
    file = folder / "sten.md"
    file.write_text(f"# {MARK}\n\n{MARK} är en sten i Provby som kräver lov att flytta. Avgiften är 400 kronor.\n")
    with file.open("rb") as content:
        made = _made(api.call("POST", "/v1/documents", "admin", files={"file": content}, data={"secrecy": "open"}))
    document = made["id"]
    deadline = time.monotonic() + 60
    while _made(api.call("GET", f"/v1/documents/{document}", "admin"))["state"] != "indexed":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    asked = {"messages": [{"role": "user", "content": f"Vad kostar det att flytta {MARK}?"}]}
    # Nothing is deployed, so a person looks at each answer first.
    decisions = [_made(api.call("POST", "/v1/chat/completions", "citizen", json=asked))["allmanning"] for _ in range(3)]
    hits = _made(api.call("POST", "/v1/search", "caseworker", json={"query": MARK}))["passages"]
    deployment = {
        "use_cases": ["allmän fråga"],
        "channels": ["medborgare"],
        "dnr": "1",
        "official": "A",
        "quality": "B",
    }
    api.known = {
        "document_id": [document],
        "decision_id": [each["decision_id"] for each in decisions],
        "passage_id": [hits[0]["id"]],
        "deployment_id": [_made(api.call("POST", "/v1/deployments", "admin", json=deployment))["id"]],
        "register": ["atrs", "art30"],
        "name": ["dokument"],
        "authority": [AUTHORITY],
        "page": ["1"],
    }
    while not _made(api.call("GET", "/v1/reviews", "admin"))["reviews"]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
