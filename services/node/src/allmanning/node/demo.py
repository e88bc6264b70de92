"""The demo authority, Exempelby kommun: its documents, and the sign-ins that are printed at start."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import yaml

from allmanning.gateway.contact import Contact
from allmanning.gateway.keys import put_authority
from allmanning.node.client import Client, own_key
from allmanning.node.documents import documents
from allmanning.node.folder import DataFolder
from allmanning.node.submission import Following, Outcome, submit, waiting_in
from allmanning.runtime.record import Json

if TYPE_CHECKING:
    from allmanning.gateway.api.deployments import DeploymentOut, DeploymentsOut
    from allmanning.gateway.api.queue import QueueOut

ROLES: Final = ("citizen", "caseworker", "auditor", "admin")


@dataclass(frozen=True)
class Demo:
    """A folder with `authority.yaml` and `documents/<collection>/…`."""

    folder: Path
    authority: str
    name: str
    contact: Contact

    @classmethod
    def find(cls) -> Demo | None:
        """The demo of this checkout, or none where the platform was installed without it."""
        for root in (Path.cwd(), *Path(__file__).resolve().parents):
            folder = root / "infra" / "demo"
            if (folder / "authority.yaml").is_file():
                facts = yaml.safe_load((folder / "authority.yaml").read_text(encoding="utf-8"))
                known = facts.get("contact", {})
                given = {name: str(known[name]) for name in ("phone", "email", "hours", "url") if name in known}
                contact = Contact(**given, address=str(known.get("visit", "")))
                return cls(folder, str(facts["id"]), str(facts["name"]), contact)
        return None

    @property
    def facts(self) -> Path:
        """The file about the authority, for the services."""
        return self.folder / "authority.yaml"

    def collections(self) -> list[Path]:
        return sorted(path for path in (self.folder / "documents").iterdir() if path.is_dir())

    def load(self, data: DataFolder, url: str, progress: Callable[[int, int], None]) -> Outcome:
        """Register the authority, take it into use, and hand in its documents unless this folder has exactly these."""
        put_authority(data.path, self.authority, self.name, self.contact.stored)
        client = Client(url, own_key(data, self.authority, "admin"))
        self._take_into_use(data, client, url)
        fingerprint = self._fingerprint()
        if data.demo == fingerprint:
            return Outcome()
        work = [(folder.name, documents([folder])) for folder in self.collections()]
        total, before, outcome = sum(len(files) for _, files in work), 0, Outcome()
        for collection, files in work:
            batch = f"demo-{fingerprint[:8]}-{collection}"
            following = Following(queue=partial(_tell, progress, before, total))
            part = submit(client, files, collection=collection, metadata={}, batch=batch, following=following)
            before += len(files)
            progress(before, total)
            outcome.indexed += part.indexed
            outcome.unchanged += part.unchanged
            outcome.rejected += part.rejected
        data.remember_demo(fingerprint)
        return outcome

    def _take_into_use(self, data: DataFolder, client: Client, url: str) -> None:
        """Let the demo answer by itself, by the same two steps and two keys as anybody else, and marked as a demo.

        Once only: what somebody has withdrawn stays withdrawn.
        """
        known = cast("DeploymentsOut", client.get("/v1/deployments"))["deployments"]
        if any(each["state"] != "proposed" for each in known):
            return
        wanted: dict[str, Json] = {
            "use_cases": ["allmän fråga"],
            "channels": ["medborgare", "intern", "api"],
            "dnr": "DEMO",
            "official": "Ingen. Det här är en påhittad kommun för visning.",
            "quality": "Ingen. Det här är ingen riktig kvalitetssäkring.",
            "demo": True,
        }
        made = known[0] if known else cast("DeploymentOut", client.post("/v1/deployments", wanted))
        other = Client(url, own_key(data, self.authority, "admin", person="second"))
        other.post(f"/v1/deployments/{made['id']}/approve", {})

    def _fingerprint(self) -> str:
        """SHA-256 over every file of the demo's documents, by name and content."""
        seen = hashlib.sha256()
        for path in sorted((self.folder / "documents").rglob("*")):
            if path.is_file():
                seen.update(f"{path.relative_to(self.folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
        return seen.hexdigest()

    def sign_ins(self, data: DataFolder) -> dict[str, str]:
        """A key for each role."""
        return {role: own_key(data, self.authority, role) for role in ROLES}


def _tell(progress: Callable[[int, int], None], before: int, total: int, queue: QueueOut) -> None:
    progress(before + sum(each["documents"] for each in queue["counts"].values()) - waiting_in(queue), total)
