"""A document over time, as those who ask notice it: replaced, in force from a day to a day, withdrawn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from allmanning.runtime.swedish_day import today
from tests.platform_node import Platform

QUESTION = "Vad kostar en hyllplats i magasinet?"
YESTERDAY, TODAY, TOMORROW = (str(today() + timedelta(days)) for days in (-1, 0, 1))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("versions")).start()
    platform.deploy("exempelby")
    yield platform
    assert platform.stop() == 0


@pytest.fixture(scope="module")
def keys(platform: Platform) -> dict[str, str]:
    return {role: platform.key("exempelby", role) for role in ("admin", "citizen", "auditor")}


@pytest.fixture
def admin(platform: Platform, keys: dict[str, str]) -> Iterator[httpx2.Client]:
    with platform.http(keys["admin"]) as client:
        yield client


@pytest.fixture
def citizen(platform: Platform, keys: dict[str, str]) -> Iterator[httpx2.Client]:
    with platform.http(keys["citizen"]) as client:
        yield client


def put(admin: httpx2.Client, name: str, price: str, **said: str) -> dict:
    """A version that is indexed."""
    text = f"# Magasinets avgifter\n\nEn hyllplats i magasinet kostar {price} kronor om året. Avgiften faktureras."
    answer = admin.post(
        "/v1/documents",
        files={"file": (name, text.encode())},
        data={"collection": "magasin", "secrecy": "open", "uri": name, **said},
    ).json()
    deadline = time.monotonic() + 60
    while True:
        found = admin.get(f"/v1/documents/{answer['id']}", params={"version": answer["version"]}).json()
        if found["state"] != "received" or time.monotonic() > deadline:
            assert found["state"] == "indexed", found
            return found
        time.sleep(0.1)


def found(client: httpx2.Client, document_id: str, **limits: str) -> list[dict]:
    """What a search finds in a document."""
    filters = {"documents": [document_id], **limits}
    return client.post("/v1/search", json={"query": QUESTION, "filters": filters}).json()["passages"]


def answered_from(client: httpx2.Client) -> set[str]:
    """The documents that an answer cites."""
    body = {"messages": [{"role": "user", "content": QUESTION}]}
    said = client.post("/v1/chat/completions", json=body).json()["allmanning"]
    return {each["document"]["id"] for each in said["citations"]}


def test_answers_and_searches_see_the_new_version_and_the_old_one_stays_readable(
    platform: Platform, keys: dict[str, str], admin: httpx2.Client, citizen: httpx2.Client
) -> None:
    old = put(admin, "a.md", "4 200")
    [cited] = found(citizen, old["id"])
    assert answered_from(citizen) == {old["id"]}
    new = put(admin, "a.md", "5 100")
    assert new["id"] == old["id"]
    assert [each["document"]["version"] for each in found(citizen, old["id"])] == [new["version"]]

    this = {"version": old["version"], "authority": "exempelby"}
    assert "4 200" in citizen.get(f"/v1/documents/{old['id']}/text", params=this).text
    assert "4 200" in citizen.get(f"/v1/documents/{old['id']}/original", params=this).text
    known = citizen.get(f"/v1/documents/{old['id']}", params=this).json()
    assert (known["state"], known["current_version"]) == ("retired", new["version"])
    page = citizen.get(cited["view"]).text
    assert "<mark" in page
    assert "äldre version" in page

    assert admin.delete(f"/v1/documents/{old['id']}").status_code == 200
    assert found(citizen, old["id"]) == []
    assert answered_from(citizen) == set()
    for version in (old["version"], new["version"]):
        where, which = f"/v1/documents/{old['id']}/text", {"version": version, "authority": "exempelby"}
        assert citizen.get(where, params=which).status_code == 404
        with platform.http(keys["auditor"]) as auditor:
            assert auditor.get(where, params=which).status_code == 200


def test_a_withdrawn_document_is_gone_at_once_from_everything_that_shows_passages(
    admin: httpx2.Client, citizen: httpx2.Client
) -> None:
    kept, gone = put(admin, "b.md", "100"), put(admin, "c.md", "200")
    [passage], [other] = found(citizen, gone["id"]), found(citizen, kept["id"])
    assert citizen.get(f"/v1/passages/{passage['id']}/neighbours").status_code == 200
    assert gone["id"] in {each["document"]["id"] for each in similar(citizen, other["id"])}

    admin.delete(f"/v1/documents/{gone['id']}")
    assert found(citizen, gone["id"]) == []
    assert citizen.get(f"/v1/passages/{passage['id']}/neighbours").status_code == 404
    assert gone["id"] not in {each["document"]["id"] for each in similar(citizen, other["id"])}
    assert answered_from(citizen) == {kept["id"]}
    admin.delete(f"/v1/documents/{kept['id']}")


@pytest.mark.parametrize(
    ("said", "in_force"),
    [
        ({"valid_from": TOMORROW}, False),
        ({"valid_from": TODAY}, True),
        ({"valid_to": TODAY}, True),
        ({"valid_to": YESTERDAY}, False),
    ],
)
def test_a_document_is_found_on_the_days_that_it_is_in_force(
    admin: httpx2.Client, citizen: httpx2.Client, said: dict[str, str], in_force: bool
) -> None:
    document = put(admin, "d.md", "300", **said)
    day = said.get("valid_from") or said["valid_to"]
    [passage] = found(citizen, document["id"], as_of=day)
    assert bool(found(citizen, document["id"])) is in_force
    assert answered_from(citizen) == ({document["id"]} if in_force else set())
    status = 200 if in_force else 404
    assert citizen.get(f"/v1/passages/{passage['id']}/neighbours").status_code == status
    assert citizen.get(f"/v1/documents/{document['id']}/text", params={"authority": "exempelby"}).status_code == status
    admin.delete(f"/v1/documents/{document['id']}")


def similar(client: httpx2.Client, passage_id: str) -> list[dict]:
    return client.get(f"/v1/passages/{passage_id}/similar").json()["passages"]
