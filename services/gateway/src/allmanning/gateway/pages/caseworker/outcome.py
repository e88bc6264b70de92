"""What has just been done, as the page after it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from allmanning.contracts.audit.v1.audit_pb import Review
from allmanning.gateway.language import marked
from allmanning.gateway.pages.caseworker.waiting import kind_of

_WORDS: Final[Mapping[str, str]] = {
    "approved": marked("Godkänt. Svaret lämnas ut."),
    "edited": marked("Ändrat och godkänt. Svaret lämnas ut med dina ord."),
    "rejected": marked("Avvisat. Svaret lämnas inte ut."),
    "contacted": marked("Klart. Ärendet är avslutat med din anteckning."),
    "second": marked("Sparat. En kollega ska också godkänna innan svaret lämnas ut."),
    "returned": marked("Ärendet är tillbaka i kön med din rad till nästa person."),
    "sent": marked("Skickat. En kollega läser ditt utkast, och svaret kommer hit."),
    "own_approved": marked("Godkänt. Din kollega ser att utkastet kan användas."),
    "own_edited": marked("Ändrat och godkänt. Din kollega får dina ord."),
    "own_rejected": marked("Avvisat. Din kollega får ditt skäl."),
    "none": marked("Just nu finns inget ledigt ärende för dig."),
}
_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Outcome:
    """`of` is the review that it was about; empty when there is none to go on with."""

    words: str
    of: str


def outcome_of(done: str, of: str) -> Outcome | None:
    """From an address; None when it says nothing that we know."""
    words = _WORDS.get(done)
    if words is None:
        return None
    return Outcome(words, of if done in {"approved", "edited"} and _ID.fullmatch(of) else "")


def done_with(review: Review) -> str:
    """What a verdict did, as an address says it."""
    if kind_of(review) == "contact":
        return "contacted"
    if kind_of(review) == "own_draft":
        return f"own_{review.state}"
    return "second" if review.awaits_second else review.state
