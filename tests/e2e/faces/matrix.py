"""Every cell of role x page x authority: asked for over HTTP, and compared with the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import httpx2

from tests.e2e.faces.furniture import MARK
from tests.e2e.faces.guarded import unguarded
from tests.e2e.faces.hostile import hostile
from tests.e2e.faces.routes import NOWHERE, Face
from tests.e2e.faces.table import ABSENT, ASK_FIRST, ASKS_AGAIN, FIELDS, MAY, PUBLIC, SETTING_UP, UNNAMED
from tests.e2e.faces.town import HALFWAY, OVER, ROLES, STALE, Town

LETTERS: Final = {"nobody": "n", "citizen": "c", "caseworker": "w", "auditor": "a", "admin": "m"}
# Never ends while somebody listens.
ENDLESS: Final = "GET /admin/documents/events"
# What it does to the session it is asked with is what it is for.
ENDING: Final = frozenset({"POST /signout", "POST /account/sessions/end"})


def wrong_cells(town: Town, face: Face) -> Iterator[str]:
    """Cells of one page or form whose answer is not what the table says."""
    for asker in (*LETTERS, *OVER, STALE, HALFWAY):
        wanted = expected(face, asker)
        answer = ask(town, face, asker, there=face.method == "GET" or wanted != "allowed")
        yield from unguarded(answer)
        if answer.status_code >= 500:
            yield f"{face.name} as {asker}: {told(answer)}"
        if outcome(answer) != wanted:
            yield f"{face.name} as {asker}: {wanted} expected, {told(answer)}"
        elif wanted == "allowed" and _shows(face) and answer.status_code > 303:
            yield f"{face.name} as {asker}: what is there was not shown, {told(answer)}"
    if face.takes_object and face.name not in PUBLIC:
        for role in ROLES:
            yield from _foreign(town, face, f"other {role}")


def foreign_forms(town: Town, face: Face) -> Iterator[str]:
    """What another site makes a browser send, whose session is brought along, and is taken none the less."""
    for header in ({"Origin": "https://ond.test"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        answer = ask(town, face, "admin", there=True, **header)
        if code(answer) != "origin.foreign":
            yield f"{face.name} from {header}: {told(answer)}"


def _shows(face: Face) -> bool:
    return face.takes_object and face.method == "GET" and face.name not in ABSENT


def expected(face: Face, asker: str) -> str:
    letters = MAY.get(face.name, "")
    if asker in OVER:
        asker = "nobody"
    if asker == HALFWAY:
        # All that somebody may do there is to get the other factor.
        return "allowed" if "n" in letters or face.name in SETTING_UP else "set up"
    if asker == STALE and "m" in letters:
        return "again" if face.name in ASKS_AGAIN else "allowed"
    if LETTERS.get(asker, "m") in letters:
        return "allowed"
    return "sign in" if asker == "nobody" else "forbidden"


def outcome(answer: httpx2.Response) -> str:
    """What somebody is told, as the table has it."""
    to = answer.headers.get("location", "")
    if to.startswith("/signin/again?"):
        return "again"
    if to.startswith("/account/second-factor?"):
        return "set up"
    if to.startswith("/signin?next_path="):
        return "sign in"
    return "forbidden" if code(answer) == "auth.forbidden" else "allowed"


def code(answer: httpx2.Response) -> str:
    problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return str(answer.json()["code"]) if problem else ""


def told(answer: httpx2.Response) -> str:
    return f"{answer.status_code} {answer.headers.get('location', '')} {code(answer)}"


def _foreign(town: Town, face: Face, asker: str) -> Iterator[str]:
    """Somebody of another authority is neither told of what is the town's, nor can change it."""
    answer = ask(town, face, asker, there=True)
    secrets = [MARK, *(each for each in town.known.values() if each not in face.of(town.known))]
    shown = [each for each in secrets if each in answer.text] if face.name != ENDLESS else []
    # A form that is sent leads to a page, also when it was sent for nothing.
    done = answer.status_code < 400 and outcome(answer) == "allowed"
    if shown or (done and face.name not in ASK_FIRST and not _of_everybody(face)):
        yield f"{face.name} as {asker}: {told(answer)} tells {shown or 'of what it was asked'}"


def _of_everybody(face: Face) -> bool:
    """Whether the parameter names no thing of an authority's."""
    return face.path.startswith(("/api/", "/signin/")) or face.path.endswith(("/{register}", "/collections/{name}"))


def completing(face: Face, town: Town) -> dict[str, str]:
    """The fields without which it does nothing."""
    return {name: value.format(**town.known) for name, value in FIELDS.get(face.name, {}).items()}


def typed(face: Face, town: Town) -> dict[str, str]:
    """The form with an attack in every field that takes words."""
    words = face.texts or dict.fromkeys(UNNAMED, 200)
    attacks = {name: hostile(most_chars) for name, most_chars in words.items()}
    return {**attacks, **face.fields, **completing(face, town)}


def ask(
    town: Town, face: Face, asker: str, *, there: bool, fields: Mapping[str, str] | None = None, **headers: str
) -> httpx2.Response:
    """With what is there, or with a number that nothing has: what an allowed form would take away."""
    address = face.of(town.known) if there else face.of(town.known, NOWHERE)
    if face.name in PUBLIC:
        # Whoever is not signed in says whose it is.
        address += f"?authority={town.ours}"
    if face.name == ENDLESS:
        with town.listening(address, asker) as answer:
            return answer
    if face.method == "GET":
        return town.page("GET", address, asker, headers=headers)
    files = [(name, ("a.md", b"# Annat\n\nEn text.")) for name in face.files] or None
    return town.page(
        "POST", address, asker, data=fields or {**face.fields, **completing(face, town)}, files=files, headers=headers
    )
