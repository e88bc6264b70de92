"""`allmanning up --model FILE.gguf`: a model on this machine words the answers, and the record says which."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform_node import CLI, ROOT, Platform
from tests.small_model import weights

pytest.importorskip("xllamacpp")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    environment = {"ALLMANNING_MODEL_MAX_TOKENS": "24", "ALLMANNING_MODEL_CONTEXT_TOKENS": "2048"}
    platform = Platform(
        tmp_path_factory.mktemp("local"), environment=environment, flags=("--model", str(weights()))
    ).start()
    platform.deploy("exempelby")
    yield platform
    platform.stop()


def refused(folder: Path, model: Path) -> tuple[int, str]:
    done = subprocess.run(
        [*CLI, "up", "--data", str(folder), "--no-demo", "--json", "--model", str(model)],
        capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)["error"]["code"]


def test_the_local_model_is_asked_and_on_record(served: Platform) -> None:
    admin = served.key("exempelby", "admin")
    text = "# Återvinning\n\nÅtervinningscentralen är öppen på lördagar klockan 9.00–15.00.\n".encode()
    with served.http(admin) as client:
        sent = client.post(
            "/v1/documents", files={"file": ("oppet.md", text)}, data={"collection": "miljo", "secrecy": "open"}
        ).json()
        while client.get(f"/v1/documents/{sent['id']}").json()["state"] == "received":
            time.sleep(0.1)
    with served.http(served.key("exempelby", "citizen")) as client:
        client.timeout = 110
        question = {"role": "user", "content": "När är återvinningscentralen öppen på lördagar?"}
        answer = client.post("/v1/chat/completions", json={"model": "allmanning", "messages": [question]}).json()
    with served.http(served.key("exempelby", "auditor")) as client:
        decision = client.get(f"/v1/decisions/{answer['allmanning']['decision_id']}").text

    assert '"attempts":[{"model":"Smollm2' in decision.replace(" ", "")
    assert '"left"' not in decision
    assert "återvinningscentralen" not in served.logs().lower()
    assert hashlib.sha256(weights().read_bytes()).hexdigest() in (served.data / "node" / "models.json").read_text()


def test_a_model_that_cannot_be_run_is_refused_before_anything_starts(tmp_path: Path) -> None:
    garbage = tmp_path / "modell.gguf"
    garbage.write_bytes(b"this is no model")

    assert refused(tmp_path / "data", tmp_path / "ingen.gguf") == (2, "model.missing")
    assert refused(tmp_path / "data", garbage) == (2, "model.not_gguf")
    assert not list((tmp_path / "data" / "logs").iterdir())
