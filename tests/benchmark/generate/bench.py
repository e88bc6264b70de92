"""A platform with the demo's documents for two authorities, behind it a model server in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from allmanning.index.sentences import sentences
from tests.conftest import free_port
from tests.platform_node import ROOT, Platform

PLACES = 64
QUESTIONS = 10
# Each question's answer, at most; about 130 tokens.
_SENTENCES = 3


@dataclass(frozen=True)
class Bench:
    """What the measurements ask."""

    platform: Platform
    model_url: str
    model_pid: int
    questions: Sequence[str]
    keys: Mapping[str, str]
    """A citizen's key of each authority: "exempelby" and "grannby"."""

    def script(self, **values: object) -> None:
        """Tell the model server what to say, see `model_server`."""
        httpx2.put(f"{self.model_url}/script", json=values).raise_for_status()


def demo_questions() -> list[str]:
    lines = (ROOT / "infra/demo/questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


@contextmanager
def model_server() -> Iterator[tuple[str, int]]:
    """A model server that ends with the `with`; its address and its process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmark.generate.model_server", str(port)], cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        _until_well(url)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def bench(folder: Path, places: int = PLACES) -> Iterator[Bench]:
    """Started, filled, and with a model server that knows what the documents say to each question."""
    with model_server() as (url, pid):
        environment = {
            "ALLMANNING_MODEL_API": "openai",
            "ALLMANNING_MODEL_URL": f"{url}/v1",
            "ALLMANNING_MODEL_NAME": "scripted",
            "ALLMANNING_MODEL_APPROVED": "true",
            "ALLMANNING_MODEL_CAPACITY": str(places),
            # On a slow machine the crowd has to wait for long, and is to be answered all the same.
            "ALLMANNING_MAX_WAIT_S": "900",
        }
        platform = Platform(folder, demo=True, environment=environment).start()
        try:
            _fill(platform, folder)
            keys = {each: platform.key(each, "citizen") for each in ("exempelby", "grannby")}
            answers = _answers(platform, keys["exempelby"])
            made = Bench(platform, url, pid, list(answers), keys)
            made.script(answers=answers)
            yield made
        finally:
            platform.stop()


def _fill(platform: Platform, folder: Path) -> None:
    """Give the second authority the demo's documents too, once."""
    filled = folder / "filled"
    if not filled.exists():
        platform.deploy("grannby")
        for each in sorted((ROOT / "infra/demo/documents").iterdir()):
            platform.command("ingest", str(each), "--authority", "grannby", "--collection", each.name)
        filled.touch()


def _answers(platform: Platform, key: str) -> dict[str, list[str]]:
    """The longest sentences of the first passage for each question, as a model would cite them."""
    answers: dict[str, list[str]] = {}
    with platform.http(key) as client:
        for question in demo_questions():
            found = client.post("/v1/search", json={"query": question, "limit": 1}).json()["passages"]
            text = found[0]["text"] if found else ""
            said = [text[start:end].strip() for start, end in sentences(text)]
            whole = [each for each in said if each.endswith(".") and "\n" not in each and len(each) > 40]
            if whole and len(answers) < QUESTIONS:
                answers[question] = [f"{each.rstrip('.')}. [1]" for each in whole[:_SENTENCES]]
    return answers


def _until_well(url: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            httpx2.get(f"{url}/health")
        except httpx2.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the model server did not start")
