"""A node whose index is of another release, or of another model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform_node import Platform

DOCUMENTS = 5
# A node is started four times.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Stopped, with documents in its index."""
    platform = Platform(tmp_path / "data").start()
    folder = tmp_path / "documents"
    folder.mkdir()
    for number in range(DOCUMENTS):
        (folder / f"{number}.md").write_text(f"# Förskola {number}\n\nFörskolan öppnar klockan {number}.30.\n")
    platform.command("ingest", "--authority", "exempelby", "--collection", "forskola", str(folder))
    platform.stop()
    yield platform
    if platform.process and platform.process.poll() is None:
        platform.stop()


def live(platform: Platform) -> Path:
    root = platform.data / "index"
    return root / (root / "CURRENT").read_text() / "about.json"


def pretend(platform: Platform, **made_with: str) -> None:
    """Have the index say that it was made with something else."""
    about = live(platform)
    about.write_text(json.dumps(json.loads(about.read_text()) | made_with))


def documents_found(platform: Platform, key: str) -> int:
    with platform.http(key) as client:
        found = client.post("/v1/search", json={"query": "När öppnar förskolan?", "limit": 50}).json()["passages"]
    return len({each["document"]["uri"] for each in found})


def test_index_of_another_release_answers_until_it_is_built_anew(platform: Platform) -> None:
    pretend(platform, index_version="of another release")
    platform.start()
    key = platform.key("exempelby", "caseworker")
    deadline = time.monotonic() + 90
    while "of another release" in live(platform).read_text():
        assert documents_found(platform, key) == DOCUMENTS
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert documents_found(platform, key) == DOCUMENTS


def test_index_of_another_model_is_refused_at_once_and_can_be_left_for_an_empty_one(platform: Platform) -> None:
    pretend(platform, index_version="of another model", model="another")
    refused = platform.run("up", "--no-demo", "--port", str(platform.port))
    assert refused.returncode == 2
    assert "index.model_differs" in json.loads(refused.stdout)["error"]["message"]
    refused = platform.run("up", "--no-demo", "--port", str(platform.port), "--reindex")
    assert refused.returncode == 2
    assert "index.previous_model_missing" in json.loads(refused.stdout)["error"]["message"]
    platform.environment["ALLMANNING_REINDEX"] = "empty"
    platform.start()
    key = platform.key("exempelby", "caseworker")
    deadline = time.monotonic() + 90
    while documents_found(platform, key) < DOCUMENTS:
        assert time.monotonic() < deadline
        time.sleep(0.1)
