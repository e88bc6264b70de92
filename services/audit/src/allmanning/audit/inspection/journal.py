"""What is left in the log of what an auditor does: every reading of content, and every step of a task.

Who it was and what they wrote are parts; role and unit are fields, so that the person concerned can be told which
part of the authority has read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from allmanning.audit.inspection.chain import Link
from allmanning.audit.log.actor import ACTOR, actor, key_in
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.runtime.errors import Forbidden, InvalidInput
from allmanning.runtime.record import Content, Json, Recorder

READ: Final = "access.read"
NOTE: Final = "note"
# As long as the decisions on how access is given are kept.
ACTOR_RETENTION: Final = "B"
AUDITORS: Final = (Role.AUDITOR, Role.ADMIN)
MAX_REASON_CHARS: Final = 2_000


def require(principal: Principal, *roles: Role) -> None:
    """Let only these roles through.

    Raises:
        Forbidden: `audit.forbidden`.
    """
    if principal.role not in roles:
        raise Forbidden("audit.forbidden", "Din behörighet räcker inte för det här. (Your key does not allow this.)")


def stated(reason: str) -> str:
    """The reason that somebody gave.

    Raises:
        InvalidInput: `audit.reason_missing`, `audit.reason_too_long`.
    """
    if not reason.strip():
        raise InvalidInput(
            "audit.reason_missing", "Skriv varför. Det sparas i loggen. (Say why. It is kept in the log.)"
        )
    if len(reason) > MAX_REASON_CHARS:
        raise InvalidInput(
            "audit.reason_too_long",
            f"Skriv högst {MAX_REASON_CHARS} tecken. (Write {MAX_REASON_CHARS} at most.)",
        )
    return reason.strip()


class Journal:
    """Writes these records. Each method returns when its record is durable; raises `audit.unavailable`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def read(self, principal: Principal, reason: str, decisions: Iterable[str]) -> None:
        """Content of these decisions is about to be shown; one record for each, so that each can tell who read it."""
        reader: Json = {"reason": stated(reason), "key": principal.key_id, "unit": principal.unit}
        for decision in decisions:
            await self._recorder.record(
                READ,
                authority=principal.authority,
                decision_id=decision,
                fields=_group(principal),
                parts={"reader": Content(reader, retention=ACTOR_RETENTION)},
            )

    async def step(
        self,
        kind: str,
        principal: Principal,
        task: str,
        *,
        note: str = "",
        fields: Mapping[str, Json] | None = None,
        parts: Mapping[str, Json] | None = None,
    ) -> str:
        """A step of a task; returns the record's id."""
        contents = {name: Content(value) for name, value in (parts or {}).items()}
        return await self._recorder.record(
            kind,
            authority=principal.authority,
            decision_id=task,
            fields={**_group(principal), **(fields or {})},
            parts={
                **contents,
                ACTOR: actor(principal),
                **({NOTE: Content(note)} if note else {}),
            },
        )

    async def pin(self, authority: str, kind: str, content: bytes) -> str:
        """Keep a text that is no secret and no personal data; returns its hash."""
        return await self._recorder.pin(authority, kind, content)


def _group(principal: Principal) -> dict[str, Json]:
    return {"role": principal.role.name.lower(), "unit": principal.unit}


def actor_of(link: Link) -> str:
    """Pseudonym of who took a step; empty when that is gone."""
    return key_in(link.contents.get(ACTOR))
