"""Fixtures that start the real thing: a nats-server with the platform's own permissions, on a free port."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from allmanning.runtime import streams
from allmanning.runtime.bus import Bus
from allmanning.runtime.permissions import SERVICES, server_conf
from allmanning.runtime.settings import Settings
from tests.browser import browser, shots  # noqa: F401 - fixtures for all
from tests.distribution import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401 - hooks

# nats-server and buf come from wheels beside this Python, however pytest was started.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
# Nobody outside this machine is called: a folder without authorities spares each client 30 ms of reading the world's.
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)
os.environ.pop("SSL_CERT_FILE", None)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Nats:
    """A running server and the password that all its users share in tests."""

    port: int
    password: str
    process: subprocess.Popen[bytes]

    def settings(self, user: str = "node", **values: object) -> Settings:
        return Settings.model_validate(
            {"nats_url": f"nats://127.0.0.1:{self.port}", "nats_user": user, "nats_password": self.password, **values}
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_nats(folder: Path, port: int, password: str) -> subprocess.Popen[bytes]:
    """Start nats-server and wait until it takes connections."""
    conf = folder / "server.conf"
    conf.write_text(server_conf())
    secrets_env = {f"NATS_{name.upper()}_PASSWORD": password for name in ("node", *SERVICES)}
    place = {"NATS_HOST": "127.0.0.1", "NATS_PORT": str(port), "NATS_STORE_DIR": str(folder / "store")}
    process = subprocess.Popen(
        ["nats-server", "-c", str(conf)],
        env=os.environ | secrets_env | place,
        stderr=(folder / "nats.log").open("ab"),
    )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.01)
    process.kill()
    raise RuntimeError((folder / "nats.log").read_text())


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[Nats]:
    folder = tmp_path / "nats"
    folder.mkdir()
    port, password = free_port(), f"p{secrets.token_hex(8)}"
    process = start_nats(folder, port, password)
    yield Nats(port, password, process)
    process.kill()
    process.wait()


@pytest.fixture
async def bus(nats: Nats) -> AsyncIterator[Bus]:
    """The operator's connection, with every stream, consumer and bucket in place."""
    bus = await Bus.connect(nats.settings(), name="node")
    await streams.apply(bus.js)
    yield bus
    await bus.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real Swedish data beside the checkout; not part of the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not beside the checkout")
    return SHARED_DATA
