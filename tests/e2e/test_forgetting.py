"""A person asks to be forgotten: found, decided by two, gone from the disk, told as gone; every proof still holds."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from allmanning.gateway.keys import create_key
from allmanning.runtime.record import now
from tests.platform_node import CLI, Platform

NAME = "Kimberly Karlsson-Qvist"
WITHIN_S = 60


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("plain")).start()
    yield platform
    platform.stop()


def key(platform: Platform, role: str) -> str:
    return create_key(platform.data, "exempelby", role)


def until(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen")


def files_with(folder: Path, word: bytes) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file() and word in each.read_bytes()]


def test_a_person_is_forgotten_through_the_api(plain: Platform, tmp_path: Path) -> None:
    first, second = key(plain, "admin"), key(plain, "admin")
    caseworker = key(plain, "caseworker")
    with plain.http(key(plain, "citizen")) as citizen:
        said = {"model": "allmanning", "messages": [{"role": "user", "content": f"Jag, {NAME}, vill elda. Får jag?"}]}
        decision = citizen.post("/v1/chat/completions", json=said).json()["allmanning"]["decision_id"]
        assert citizen.get("/v1/erasures").status_code == 403

    with plain.http(first) as admin:
        asked = {"text": NAME, "reason": "Begäran från den enskilde."}

        def found() -> list[dict[str, Any]]:
            records = admin.post("/v1/erasures/search", json=asked).json()["found"]
            return [each for each in records if each["decision_id"] == decision]

        records = [each["record_id"] for each in until(found)]
        body = {"record_ids": records, "ground": "GDPR 17.1.d", "reason": "Begäran.", "subject": NAME}
        counted = admin.post("/v1/erasures", json=body | {"dry_run": True}).json()
        assert (counted["state"], counted["records"]) == ("counted", len(records))
        hold = admin.post("/v1/holds", json={"kind": "jo", "decision_ids": [decision], "reason": "JO."}).json()
        refused = admin.post("/v1/erasures", json=body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "erasure.held")
        assert admin.post(f"/v1/holds/{hold['id']}/lift", json={"reason": "Avslutat."}).json()["lifted_at"]
        erasure = admin.post("/v1/erasures", json=body).json()["id"]
        alone = admin.post(f"/v1/erasures/{erasure}/approve", json={"reason": "Ja."})
        assert (alone.status_code, alone.json()["error"]["code"]) == (403, "forget.two_persons")
    with plain.http(caseworker) as nobody:
        assert nobody.post(f"/v1/erasures/{erasure}/approve", json={"reason": "Ja."}).status_code == 403

    with plain.http(second) as other:
        approved = other.post(f"/v1/erasures/{erasure}/approve", json={"reason": "Rätt."})
        assert approved.status_code == 200, approved.text
        receipt = until(lambda: (it := other.get(f"/v1/erasures/{erasure}").json())["keys_destroyed_at"] and it)
        assert (receipt["state"], receipt["records"]) == ("done", len(records))
        read = other.get(f"/v1/decisions/{decision}", params={"reason": "Kontroll av gallringen."}).json()
        told = [each for each in read["records"] if each["id"] in records]
        assert all(each["erased"] and not each["parts"] for each in told)
        assert told[0]["erased"][0]["ground"] == "GDPR 17.1.d"
        for proved in (decision, erasure):
            until(lambda proved=proved: other.get(f"/v1/decisions/{proved}/receipt").status_code == 200)
    assert files_with(plain.data, NAME.encode()) == []

    bundle = tmp_path / "logg.zip"
    plain.command("log", "bundle", "--authority", "exempelby", "--out", str(bundle))
    assert plain.run("log", "verify", str(bundle)).returncode == 0


def test_what_is_kept_and_forgotten_shows_at_the_terminal(plain: Platform) -> None:
    for words, told_text in (
        ("forget list", ""),
        ("forget classes", "bevaras"),
        (f"forget report {now()[:7]}", "avslag"),
        ("hold list", "Inga hinder."),
        ("reviews list", "0 försenade"),
        ("reviews oversight", "granskningar visas inte"),
    ):
        assert told_text in said_by(plain, *words.split()), words


def said_by(platform: Platform, *words: str) -> str:
    """What a command prints for people."""
    options = ["--authority", "exempelby", "--data", str(platform.data)]
    done = subprocess.run([*CLI, *words, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
