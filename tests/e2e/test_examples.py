"""Every example on the page about the API runs as it stands there."""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.platform_node import Platform

CODE = re.compile(r'<code data-example="([^"]+)">(.*?)</code>', re.DOTALL)
RUNNERS = {"sh": ["sh", "-e"], "py": [sys.executable], "mjs": ["node"]}


@pytest.fixture(scope="module")
def examples(demo: Platform) -> dict[str, str]:
    """The code on the page, by file name."""
    with demo.http() as http:
        page = http.get("/api").text
    return {name: html.unescape(code) for name, code in CODE.findall(page)}


@pytest.fixture
def ran(examples: dict[str, str], keys: dict[str, str], tmp_path: Path):
    def run(name: str) -> str:
        runner = RUNNERS[name.rpartition(".")[2]]
        for program in (runner[0], *(["curl"] if name.endswith(".sh") else [])):
            if shutil.which(program) is None:
                pytest.skip(f"no {program} on this machine")
        file = tmp_path / name
        file.write_text(examples[name])
        environment = os.environ | {"ALLMANNING_KEY": keys["citizen"]}
        done = subprocess.run([*runner, str(file)], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{name}: {done.stdout} {done.stderr}"
        return done.stdout

    return run


def test_nothing_on_the_page_is_left_untried(examples: dict[str, str]) -> None:
    assert examples.keys() == {
        "ask.sh", "ask.py", "ask.mjs", "stream.sh", "stream.py", "stream.mjs", "schema.py", "embeddings.sh",
        "embeddings.py", "models.sh", "search.sh", "tools.py", "tools.json", "errors.py",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["ask.py", "ask.mjs", "stream.py", "stream.mjs", "stream.sh", "schema.py", "tools.py"])
def test_the_answer_is_the_same_in_every_language_and_form(ran, name: str) -> None:
    answer = json.loads(ran("ask.sh"))
    said = answer["choices"][0]["message"]["content"]
    cited = answer["allmanning"]["citations"][0]

    shown = ran(name)

    if name == "stream.sh":
        lines = [line.removeprefix("data: ") for line in shown.splitlines() if line.startswith("data: {")]
        deltas = [choice["delta"] for line in lines for choice in json.loads(line)["choices"]]
        assert "".join(delta.get("content", "") for delta in deltas) == said
    elif name == "schema.py":
        assert shown.startswith("[1] ")
        assert [line for line in shown.splitlines() if line.split("] ", 1)[-1].strip() not in said] == []
    else:
        assert shown.startswith(said)
    if name.startswith(("ask", "tools")):
        assert cited["link"] in shown
        assert "answered" in shown


def test_the_other_examples_show_what_they_say(ran) -> None:
    assert [each["id"] for each in json.loads(ran("models.sh"))["data"]] == ["allmanning", "allmanning-embedding"]
    assert json.loads(ran("search.sh"))["passages"]
    [vector] = json.loads(ran("embeddings.sh"))["data"]
    rows = [line.split() for line in ran("embeddings.py").splitlines()]
    assert rows == [["0", str(len(vector["embedding"]))], ["1", str(len(vector["embedding"]))]]
    assert ran("errors.py").startswith("400 parameter.unsupported logprobs\n")


def test_the_settings_for_a_desktop_assistant_start_the_tools(examples: dict[str, str], keys: dict[str, str]) -> None:
    settings = json.loads(examples["tools.json"])["mcpServers"]["allmanning"]
    command = str(Path(sys.executable).parent / settings["command"])
    started = StdioServerParameters(
        command=command, args=settings["args"], env={**settings["env"], "ALLMANNING_KEY": keys["citizen"]}
    )

    async def names() -> set[str]:
        async with Client(started) as client:
            return {each.name for each in (await client.list_tools()).tools}

    assert asyncio.run(names()) == {"ask", "search"}
