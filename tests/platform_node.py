"""A whole platform for tests: `allmanning up` as an operator starts it, on a free port and a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[1]
CLI = [sys.executable, "-m", "allmanning.node"]
START_TIMEOUT_S = 240


@dataclass
class Platform:
    """A platform in its own process, started by `start`, stopped by `stop` or `kill`."""

    data: Path
    demo: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    flags: Sequence[str] = ()
    port: int = field(default_factory=free_port)
    ready: dict[str, object] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Platform:
        """Start and wait until the platform says it is ready; what it says is in `ready`."""
        flags = ["--json", "--demo" if self.demo else "--no-demo", *self.flags]
        self.process = subprocess.Popen(
            [*CLI, "up", "--data", str(self.data), "--port", str(self.port), *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
            env=os.environ | self.environment,
        )
        assert self.process.stdout is not None
        text = ""
        for line in self.process.stdout:
            text += line
            with contextlib.suppress(ValueError):
                self.ready = json.loads(text)
                break
        if "url" not in self.ready:
            self.kill()
            raise AssertionError(f"the platform did not start: {text}\n{self.logs()}")
        return self

    def stop(self) -> int:
        """Stop as Ctrl-C does; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill(self) -> None:
        """kill -9 of the node; the kernel takes its children with it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.wait_for_port()

    def wait_for_port(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                httpx2.get(f"{self.url}/health", timeout=1)
            except httpx2.HTTPError:
                return
            time.sleep(0.05)

    def logs(self) -> str:
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-2000:]}" for path in sorted((self.data / "logs").glob("*.log"))
        )

    def command(self, *words: str, check: bool = True) -> dict[str, object]:
        """Run a command of the CLI with `--json`; returns what it printed."""
        done = self.run(*words)
        if check and done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stdout} {done.stderr}")
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.told(*words, "--json")

    def told(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the CLI as people do."""
        return subprocess.run(
            [*CLI, *words, "--data", str(self.data)], capture_output=True, text=True, cwd=ROOT, check=False
        )

    def key(self, authority: str, role: str, *options: str) -> str:
        return str(self.command("key", "create", "--authority", authority, "--role", role, *options)["key"])

    def deploy(self, authority: str) -> None:
        """Let the authority's general questions be answered without a person: proposed and approved by two."""
        first, second = self.key(authority, "admin"), self.key(authority, "admin")
        facts = ("--dnr", "KS 2026-114", "--official", "Kim Larsson, kommundirektör", "--quality", "aktbilaga 7")
        made = self.command("deployment", "propose", "--authority", authority, *facts, "--key", first)
        self.command("deployment", "approve", str(made["id"]), "--authority", authority, "--key", second)

    def http(self, key: str = "") -> httpx2.Client:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60)

    def pids(self) -> dict[str, int]:
        """Process ids of the services, by name."""
        assert self.process is not None
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                arguments = (folder / "cmdline").read_bytes().decode().split("\0")
                if parent == self.process.pid and len(arguments) > 2:
                    name = "nats-server" if "nats-server" in arguments[0] else arguments[2].rpartition(".")[2]
                    found[name] = int(folder.name)
        return found
