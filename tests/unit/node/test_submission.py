"""An import is handed in, followed by its name, and accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from allmanning.node import submission
from allmanning.node.documents import DocumentFile
from allmanning.node.submission import Following, submit
from allmanning.runtime.errors import Forbidden, InvalidInput, PlatformError, Unavailable


class ScriptedClient:
    """A platform that needs two looks for each import, and rejects what is called so."""

    def __init__(self, failures: list[PlatformError] | None = None) -> None:
        self.uploaded: list[dict[str, str]] = []
        self.failures = failures or []
        self.looks = 0

    def upload(self, path: Path, fields: dict[str, str]) -> str:
        if self.failures:
            raise self.failures.pop()
        if path.name == "tom.md":
            raise InvalidInput("file.empty", "Filen är tom.")
        self.uploaded.append(fields)
        return "" if path.name == "känd.md" else f"id-{path.name}"

    def queue(self, batch: str) -> dict[str, Any]:
        assert batch == "flytt"
        self.looks += 1
        done, waiting = len(self.uploaded) - 1, len(self.uploaded) if self.looks < 3 else 0
        counts = {"indexed": {"documents": done, "passages": 9}, "rejected": {"documents": 1, "passages": 0}}
        if waiting:
            counts = {"received": {"documents": waiting, "passages": 0}}
        return {"counts": counts, "working": [], "paused": False, "settled_per_minute": 0, "seconds_left": None}

    def documents(self, query: dict[str, Any]) -> dict[str, Any]:
        assert query["batch"] == "flytt"
        bad = {"id": "id-dålig.md", "uri": "dålig.md", "code": "file.unreadable", "reason": "Trasig."}
        inner = {"id": "x", "uri": "arkiv.zip/x.bin", "code": "file.type_unknown", "reason": "Okänd."}
        return {"documents": [inner], "next": None} if query["after"] else {"documents": [bad], "next": "id-dålig.md"}


def files(*names: str) -> list[DocumentFile]:
    return [DocumentFile(Path(name), name, {}) for name in names]


def run(client: ScriptedClient, *names: str, **options: Any) -> submission.Outcome:
    return submit(client, files(*names), collection="c", metadata={"priority": "bulk"}, batch="flytt", **options)  # type: ignore[arg-type]


def test_an_import_is_followed_by_its_name_until_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "POLL_EVERY_S", 0)
    client, handed_in = ScriptedClient(), []
    outcome = run(client, "a.md", "dålig.md", "tom.md", following=Following(handed_in=handed_in.append))
    assert (outcome.batch, outcome.indexed, outcome.unchanged, client.looks) == ("flytt", 1, 0, 3)
    assert {each["path"]: each["code"] for each in outcome.rejected} == {
        "tom.md": "file.empty",
        "dålig.md": "file.unreadable",
        "arkiv.zip/x.bin": "file.type_unknown",
    }
    assert handed_in == [1, 2, 3]
    assert {(each["batch"], each["priority"], each["collection"]) for each in client.uploaded} == {
        ("flytt", "bulk", "c")
    }


def test_what_is_known_already_is_not_waited_for() -> None:
    client = ScriptedClient()
    outcome = run(client, "känd.md")
    assert (outcome.unchanged, outcome.indexed, client.looks) == (1, 0, 0)


def test_a_platform_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission.time, "sleep", lambda _: None)
    client = ScriptedClient([Unavailable("ingest.unavailable", "…"), Unavailable("ingest.unavailable", "…")])
    run(client, "a.md")
    assert len(client.uploaded) == 1


def test_a_key_that_is_refused_ends_it() -> None:
    with pytest.raises(Forbidden):
        run(ScriptedClient([Forbidden("auth.forbidden", "…")]), "a.md")
