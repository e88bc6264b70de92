"""Imports from the command line: followed, accounted for, and run again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from tests.platform_node import Platform

AUTHORITY = "koby"


def documents_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["documents"]
    return found


def test_an_import_with_a_container_and_a_broken_file(demo: Platform, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(f"# Rutin {number}\n\nAnsökan {number} lämnas till nämnden.\n")
    (tmp_path / "trasig.pdf").write_bytes(b"%PDF-1.4 nothing")
    with zipfile.ZipFile(tmp_path / "arkiv.zip", "w") as archive:
        archive.writestr("inne.txt", "I arkivet finns en handling om gatubelysning.")
    done = demo.run("ingest", "-a", AUTHORITY, "-c", "prov", "--batch", "flytt", str(tmp_path))
    assert done.returncode == 1, done.stdout
    assert '"indexed": 5' in done.stdout

    queue = demo.command("queue", "-a", AUTHORITY, "--batch", "flytt")
    counts = {name: each["documents"] for name, each in dict(queue["counts"]).items()}  # type: ignore[call-overload]
    assert counts == {"indexed": 4, "expanded": 1, "rejected": 1}
    failed = demo.command("queue", "failed", "-a", AUTHORITY, check=False)
    [bad] = documents_of(failed)
    assert (bad["uri"], bad["state"], bad["code"]) == ("trasig.pdf", "rejected", "file.unreadable")

    assert demo.command("queue", "pause", "-a", AUTHORITY)["paused"] is True
    assert demo.command("queue", "retry", "-a", AUTHORITY, bad["id"])["documents"] == 1
    assert demo.command("queue", "cancel", "-a", AUTHORITY, "--batch", "flytt")["documents"] == 1
    assert documents_of(demo.command("queue", "failed", "-a", AUTHORITY, check=False))[0]["state"] == "cancelled"
    assert demo.command("queue", "resume", "-a", AUTHORITY)["paused"] is False
