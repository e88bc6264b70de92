"""Every cell of role x operation x authority: asked for over HTTP, and compared with the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx2

from tests.e2e.api.conftest import AUTHORITY, MARK, OTHER, Api
from tests.e2e.api.table import FIELDS, MAY, PUBLIC

LETTERS = {"nobody": "n", "citizen": "c", "caseworker": "w", "auditor": "a", "admin": "m"}
KEYLESS = ("nobody", "revoked", "unknown")
OTHERS = ("other citizen", "other caseworker", "other auditor", "other admin")
# Never ends while somebody listens.
ENDLESS = "queue_events"
NOWHERE = "01900000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Operation:
    """An operation as the description has it."""

    id: str
    method: str
    path: str
    body: object
    media_type: str
    query: dict[str, str]
    takes_key: bool
    may: str


def operations(description: Mapping) -> Iterator[Operation]:
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            [(media_type, body)] = told.get("requestBody", {}).get("content", {"": {}}).items()
            named = told.get("parameters", [])
            query = {each["name"]: each["example"] for each in named if each["in"] == "query" and each["required"]}
            keyed = bool(told["security"])
            name, example = told["operationId"], body.get("example")
            yield Operation(name, method, path, example, media_type, query, keyed, MAY.get(name, ""))


def narrowed(operation: Operation) -> Iterator[Operation]:
    """The operation with each field that fewer may send than may call it."""
    for added, letters in FIELDS.get(operation.id, ()):
        assert isinstance(operation.body, Mapping)
        yield replace(operation, body={**operation.body, **added}, may=letters)


def wrong_cells(api: Api, operation: Operation) -> Iterator[str]:
    """Cells of one operation whose answer is not what the table says."""
    for asker in (*LETTERS, "revoked", "unknown"):
        wanted = expected(operation, asker)
        # What an allowed call would take away is named as something that is not there.
        there = operation.method == "get" or wanted != "allowed"
        answer = _ask(api, operation, asker, there=there)
        if outcome(answer) != wanted:
            yield f"{operation.id} as {asker}: {wanted} expected, {answer.status_code} {answer.text[:120]}"
    if operation.id not in PUBLIC:
        yield from _foreign(api, operation)


def expected(operation: Operation, asker: str) -> str:
    if asker in ("revoked", "unknown"):
        return "unauthenticated" if operation.takes_key else "allowed"
    if LETTERS[asker] in operation.may:
        return "allowed"
    return "unauthenticated" if asker == "nobody" else "forbidden"


def outcome(answer: httpx2.Response) -> str:
    return {401: "unauthenticated", 403: "forbidden"}.get(answer.status_code, "allowed")


def _foreign(api: Api, operation: Operation) -> Iterator[str]:
    """With another authority's key, what is the first one's is neither told nor changed."""
    ours = [MARK, AUTHORITY, *(each for ids in api.known.values() for each in ids if len(each) > 30)]
    for asker in OTHERS:
        answer = _ask(api, operation, asker, there=True)
        asked = f"{answer.request.url} {operation.body}"
        told = [each for each in ours if each in answer.text and each not in asked]
        named = any(each in str(answer.request.url) for each in ours)
        if told or (named and answer.status_code < 300):
            yield f"{operation.id} as {asker} of {OTHER}: {answer.status_code} tells {told or 'of what it was asked'}"


def _ask(api: Api, operation: Operation, asker: str, *, there: bool) -> httpx2.Response:
    path = operation.path
    while "{" in path:
        name = path[path.index("{") + 1 : path.index("}")]
        value = api.known.get(name, [NOWHERE])[0] if there else NOWHERE
        path = path.replace("{" + name + "}", value)
    if operation.id == ENDLESS and expected(operation, asker.removeprefix("other ")) == "allowed":
        # Refused with a 400, which comes after the key was looked at.
        path += "?batch=" + "x" * 300
    if operation.query:
        path += f"?{urlencode(operation.query)}"
    if operation.media_type == "multipart/form-data":
        return api.call(operation.method, path, asker, files={"file": ("a.md", b"# Annat\n\nEn text.")})
    if operation.media_type:
        return api.call(operation.method, path, asker, json=operation.body)
    return api.call(operation.method, path, asker)
