"""Nobody reads what they may not, over HTTP."""

from __future__ import annotations

from tests.platform_node import Platform


def passages(platform: Platform, key: str, query: str) -> list[str]:
    with platform.http(key) as client:
        answer = client.post("/v1/search", json={"query": query, "limit": 50})
        assert answer.status_code == 200, answer.text
        return [passage["document"]["id"] for passage in answer.json()["passages"]]


def test_another_authoritys_key_finds_none_of_this_ones_passages(demo: Platform, keys: dict[str, str]) -> None:
    stranger = demo.key("grannby", "caseworker")
    with demo.http(keys["admin"]) as client:
        own = {
            each["id"]
            for each in client.get("/v1/documents", params={"limit": 500}).json()["documents"]
            if not each.get("shared")
        }
    assert own
    for query in ("bygglov för altan", "avgift förskola", "delegationsordning", "sophämtning"):
        assert passages(demo, keys["citizen"], query)
        assert not own & set(passages(demo, stranger, query))


def test_a_citizen_finds_no_internal_document_and_a_caseworker_does(demo: Platform, keys: dict[str, str]) -> None:
    with demo.http(keys["admin"]) as client:
        listed = client.get("/v1/documents", params={"limit": 500}).json()["documents"]
    closed = {each["id"]: each["title"] for each in listed if each["secrecy"] != "open"}
    assert closed
    for title in closed.values():
        assert not set(closed) & set(passages(demo, keys["citizen"], title))
    internal = {each["id"]: each["title"] for each in listed if each["secrecy"] == "internal"}
    found = {each for title in internal.values() for each in passages(demo, keys["caseworker"], title)}
    assert set(internal) <= found
    secret = {each["id"] for each in listed if each["secrecy"] == "secret"}
    assert secret
    assert not secret & found


def test_a_stranger_may_not_open_a_document_by_its_id(demo: Platform, keys: dict[str, str]) -> None:
    stranger = demo.key("grannby", "admin")
    with demo.http(keys["admin"]) as client:
        listed = client.get("/v1/documents", params={"limit": 500}).json()["documents"]
    document = next(each for each in listed if not each.get("shared"))
    with demo.http(stranger) as client:
        for path in ("", "/text", "/original"):
            assert client.get(f"/v1/documents/{document['id']}{path}").status_code == 404
        assert client.delete(f"/v1/documents/{document['id']}").status_code == 404


def test_a_citizen_key_may_not_administer(demo: Platform, keys: dict[str, str]) -> None:
    with demo.http(keys["citizen"]) as client:
        upload = client.post(
            "/v1/documents", files={"file": ("a.txt", b"Text om nagot.")}, data={"collection": "x", "secrecy": "open"}
        )
        assert upload.status_code == 403
        created = client.post("/v1/keys", json={"authority": "exempelby", "role": "admin"})
        assert created.status_code == 403
        assert client.post("/v1/log/bundle", json={}).status_code == 403
