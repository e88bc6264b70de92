"""Who steers: which roles may, and that two who must be different people are."""

from __future__ import annotations

from typing import Final

from allmanning.audit.log.actor import key_of
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content, Json

MAX_REASON_CHARS: Final = 2_000
_WORDS: Final = {Role.ADMIN: "administratör", Role.CASEWORKER: "handläggare", Role.AUDITOR: "revisor"}


def checked(principal: Principal | None, *roles: Role) -> Principal:
    """The principal, when it has one of the roles and a key that tells it from others.

    Raises:
        Forbidden: `rules.forbidden`. InvalidInput: `authority.invalid`.
    """
    if principal is None or principal.role not in roles or not principal.key_id:
        words = " eller ".join(_WORDS[role] for role in roles)
        raise Forbidden("rules.forbidden", f"Det här kräver en nyckel med rollen {words}.")
    checked_authority(principal.authority)
    return principal


def reasoned(reason: str) -> str:
    """The reason, without blanks around it.

    Raises:
        InvalidInput: `rules.reason`, when there is none or it is over 2,000 characters.
    """
    written = reason.strip()
    if not written or len(written) > MAX_REASON_CHARS:
        raise InvalidInput("rules.reason", f"Skriv varför, med högst {MAX_REASON_CHARS} tecken.")
    return written


def kept(value: Json) -> Content:
    """A part that is preserved: what decided a verdict must be readable as long as the verdict is."""
    return Content(value, retention="B")


def check_another(reading: Reading, proposed: Leaf, principal: Principal) -> None:
    """That somebody else proposed what this principal approves.

    Raises:
        Conflict: `rules.same_person`; `rules.proposer_unknown`, when the log no longer says who proposed it.
    """
    proposer = key_of(reading, proposed)
    if not proposer:
        raise Conflict("rules.proposer_unknown", "Loggen säger inte vem som föreslog detta. Föreslå det på nytt.")
    if proposer == principal.key_id:
        raise Conflict(
            "rules.same_person", "Den som föreslog får inte själv godkänna. En annan person, med egen nyckel, gör det."
        )
