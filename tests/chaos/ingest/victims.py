"""nats-server, the index process and the ingest service, started as a machine starts them, and killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import Nats, start_nats

SERVICES = ("index", "ingest")


@dataclass
class Victims:
    """Processes that are started again as often as they are killed.

    `nats` runs already, in `folder / "nats"`; `tei_url` embeds for the index process.
    """

    folder: Path
    nats: Nats
    tei_url: str
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_again(self) -> list[str]:
        """Start what does not run; the names of what that was."""
        stopped = [name for name in SERVICES if name not in self.running or self.running[name].poll() is not None]
        for name in stopped:
            self.running[name] = self._service(name)
        if self.nats.process.poll() is not None:
            self.nats = Nats(
                self.nats.port,
                self.nats.password,
                start_nats(self.folder / "nats", self.nats.port, self.nats.password),
            )
            stopped.append("nats")
        return stopped

    def kill(self, victim: str) -> int:
        """kill -9 of a service, of "nats", of "all of ingest" with its children, or of one "parser". How many died."""
        if victim == "nats":
            self.nats.process.kill()
            self.nats.process.wait()
            return 1
        service = self.running["index" if victim == "index" else "ingest"]
        if victim == "all of ingest":
            family = [service.pid, *children(service.pid)]
        elif victim == "parser":
            family = children(service.pid)[:1]
        else:
            family = [service.pid]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if service.pid in family:
            service.wait()
        return len(family)

    def stop(self) -> None:
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(30)

    def end(self) -> None:
        """Leave nothing running."""
        for process in (*self.running.values(), self.nats.process):
            for pid in of_session(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.kill()
            process.wait()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def _service(self, name: str) -> subprocess.Popen[bytes]:
        environment = {
            "ALLMANNING_NATS_URL": f"nats://127.0.0.1:{self.nats.port}",
            "ALLMANNING_NATS_USER": name,
            "ALLMANNING_NATS_PASSWORD": self.nats.password,
            "ALLMANNING_DATA_DIR": str(self.folder / "data"),
            "ALLMANNING_RECONCILE_EVERY_S": "5",
        }
        if name == "index":
            environment["ALLMANNING_TEI_URL"] = self.tei_url
        return subprocess.Popen(
            [sys.executable, "-m", f"allmanning.{name}"],
            env=os.environ | environment,
            stderr=(self.folder / f"{name}.log").open("ab"),
            start_new_session=True,
        )


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def of_session(session: int) -> list[int]:
    """The living processes of a session, whoever their parent is now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] != "Z":
                found.append(int(folder.name))
    return found
