"""`/admin/setup`: which model and prompt word the answers, and every other text that decides how they come about."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import yaml
from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from allmanning.contracts.generate.v1.generate_pb import GetSetupRequest, GetSetupResponse
from allmanning.gateway.api.choices import chosen
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Json

router = APIRouter(prefix="/admin/setup")

TITLES: Final[Mapping[str, str]] = {
    "model": marked("Modell"),
    "authority": marked("Myndighetens ton och kontakt"),
    "config": marked("Inställningar"),
    "prompt": marked("Prompt"),
    "notices": marked("Besked till den som frågar"),
    "signals": marked("Ord som visar fara, eget ärende och annat"),
    "kinds": marked("Vad ett meddelande betyder"),
    "code": marked("Programversioner"),
}


# Where the operator changes each: in files, which a system of versions keeps.
CHANGED_IN: Final[Mapping[str, str]] = {
    "model": "ALLMANNING_MODEL_REGISTRY, ALLMANNING_MODEL_*",
    "authority": "ALLMANNING_AUTHORITIES",
    "config": "ALLMANNING_*",
    "prompt": "allmanning/generate/prompts/*.jinja, ALLMANNING_GENERATE_PIPELINE",
    "notices": "allmanning/generate/notices.yaml",
    "signals": "allmanning/generate/signals.yaml",
    "kinds": "allmanning/generate/kinds.json",
}
CLASSES: Final[Mapping[str, str]] = {
    "open": marked("bara öppna stycken"),
    "internal": marked("öppna och interna stycken"),
    "secret": marked("alla stycken, också med sekretess"),
}
TEMPLATE: Final = "admin/setup.html"
_MOST_CHARS: Final = 20_000
_VERSION: Final = re.compile(r"\bVersion (\d+)\b")


@dataclass(frozen=True)
class Pinned:
    """One text with the hash that records point to; `facts` when it is JSON, else `text`.

    `length`: characters of the whole, of which `text` may be the beginning.
    """

    kind: str
    hash: str
    facts: Sequence[tuple[str, str]]
    text: str
    length: int = 0

    @property
    def version(self) -> str:
        """What a prompt's own first line says; empty when it says none."""
        found = _VERSION.search(self.text.partition("\n")[0])
        return found[1] if found else ""


@router.get("")
async def setup_page(request: Request, parts: TheParts, saved: bool = False) -> Response:
    """What the authority has chosen, the models and how their servers are, then everything that is pinned."""
    asker = staff(request, Permission.CHOICES_READ)
    return form_page(request, TEMPLATE, {**await setup_values(asker, parts), "saved": saved})


async def setup_values(asker: Asker, parts: Parts) -> dict[str, object]:
    """What the page shows, also with a form on it that was refused."""
    found = await _setup(asker, parts)
    pins = {each.kind: pinned(each) for each in found.pins}
    order = [*(kind for kind in TITLES if kind in pins), *(kind for kind in pins if kind not in TITLES)]
    known = await chosen(asker, parts)
    names = {each.id: each.name for each in parts.reception.accounts.of(asker.principal.authority)}
    return {
        "known": known,
        "form": None,
        "names": names,
        "writable": asker.may(Permission.CHOICES_WRITE),
        "saved": False,
        "models": found.models,
        "pins": [pins[kind] for kind in order],
        "titles": TITLES,
        "changed_in": CHANGED_IN,
        "classes": CLASSES,
    }


@router.get("/text")
async def whole_text(request: Request, parts: TheParts, kind: Annotated[str, Query(max_length=100)] = "") -> Response:
    """One of the texts from beginning to end, as it is pinned.

    Raises:
        NotFound: `pin.not_found`.
    """
    found = await _setup(staff(request, Permission.CHOICES_READ), parts)
    for pin in found.pins:
        if pin.kind == kind:
            return PlainTextResponse(pin.content, headers={"ETag": f'"{pin.hash}"'})
    raise NotFound("pin.not_found", "Det finns ingen sådan text i dag. (There is no such text today.)")


async def _setup(asker: Asker, parts: Parts) -> GetSetupResponse:
    asked = GetSetupRequest(principal=asker.principal)
    return await parts.bus.call(subjects.GENERATE_GET_SETUP, asked, GetSetupResponse)


def pinned(pin: GetSetupResponse.Pin) -> Pinned:
    """The pin as people read it."""
    try:
        value: Json = json.loads(pin.content)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return Pinned(pin.kind, pin.hash, (), shortened(pin.content), len(pin.content))
    return Pinned(pin.kind, pin.hash, [(name, _said(each)) for name, each in value.items() if each not in ("", [])], "")


def shortened(content: str) -> str:
    """No longer than a page can carry, and whole lines of it where there are lines."""
    if len(content) <= _MOST_CHARS:
        return content
    beginning = content[:_MOST_CHARS]
    return beginning.rpartition("\n")[0] or beginning


def _said(value: Json) -> str:
    return value if isinstance(value, str) else yaml.safe_dump(value, allow_unicode=True, sort_keys=False).strip(".\n")
