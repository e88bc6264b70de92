"""The data folder of a node: where everything it keeps lies, and how a command finds a running node in it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.permissions import SERVICES

DEFAULT = Path(".data")


@dataclass(frozen=True)
class RunningNode:
    """What a command needs to reach a running node."""

    pid: int
    url: str
    nats_url: str


class DataFolder:
    """Layout of a data folder. Secrets are readable by their owner only."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        self._lock: int | None = None

    @property
    def node(self) -> Path:
        return self.path / "node"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def nats(self) -> Path:
        return self.path / "nats"

    def create(self) -> Self:
        """Make the folders that are missing.

        Raises:
            InvalidInput: `data.not_writable`.
        """
        try:
            for folder in (self.path, self.node, self.logs, self.nats):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            text = f"Det går inte att skriva i mappen {self.path}: {error.strerror}. Välj en annan med --data."
            raise InvalidInput("data.not_writable", text) from error
        return self

    def lock(self) -> None:
        """Be the only node of this folder until the process ends.

        Raises:
            Conflict: `node.running`.
        """
        handle = os.open(self.node / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            text = f"En nod körs redan med mappen {self.path}. Stoppa den först, eller välj en annan mapp med --data."
            raise Conflict("node.running", text) from error
        self._lock = handle

    def is_locked(self) -> bool:
        """Whether a node runs with this folder."""
        try:
            handle = os.open(self.node / "lock", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def passwords(self) -> dict[str, str]:
        """NATS password of each service and of the node itself, made once."""
        path = self.node / "passwords.json"
        known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        missing = {name for name in ("node", *SERVICES) if name not in known}
        if missing:
            # nats-server reads a variable as a value of its configuration: it must look like a word, not a number.
            known |= {name: f"p{secrets.token_hex(24)}" for name in sorted(missing)}
            self._write_private(path, known)
        return known

    def announce(self, running: RunningNode) -> None:
        self._write_private(self.node / "running.json", asdict(running))

    def running(self) -> RunningNode:
        """The node that runs with this folder now.

        Raises:
            NotFound: `node.not_running`.
        """
        path = self.node / "running.json"
        if not self.is_locked() or not path.exists():
            text = f"Ingen nod körs med mappen {self.path}. Starta en med: allmanning up --data {self.path}"
            raise NotFound("node.not_running", text)
        return RunningNode(**json.loads(path.read_text()))

    def forget(self) -> None:
        (self.node / "running.json").unlink(missing_ok=True)

    @property
    def demo(self) -> str:
        """Fingerprint of the demo documents this folder has taken in; empty: none."""
        path = self.node / "demo"
        return path.read_text() if path.exists() else ""

    def remember_demo(self, fingerprint: str) -> None:
        (self.node / "demo").write_text(fingerprint)

    def keys(self) -> dict[str, str]:
        """API keys that this folder's own commands use, by `<authority>/<role>`."""
        path = self.node / "keys.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def remember_key(self, authority: str, role: str, key: str) -> None:
        self._write_private(self.node / "keys.json", self.keys() | {f"{authority}/{role}": key})

    @staticmethod
    def _write_private(path: Path, content: dict[str, str] | dict[str, object]) -> None:
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(content, indent=2))
        new.replace(path)
