"""Who signs in and out, on record: for whoever looks for a stranger, and for the authority's security centre.

A record is about a session, by its id. It says how and as what; who it was is in a sealed part, and no address, name or
browser is in it at all.
"""

from __future__ import annotations

import logging
from typing import Final, Literal

from allmanning.gateway.signin.grant import Grant
from allmanning.gateway.signin.session import Session
from allmanning.runtime.errors import PlatformError
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, Json, Recorder

log = logging.getLogger(__name__)

# Why a sign-in failed. None says whether there is such an account.
Failure = Literal["credential", "code", "provider", "no_role", "one_factor"]

_ACTOR: Final = "actor"


class SignInEvents:
    """Writes them. A sign-in that can't be put on record does not happen; a failure or an end is told if it can be."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def succeeded(self, session: Session, *, new_device: bool) -> None:
        """Somebody has signed in. Raises Unavailable: `audit.unavailable`."""
        await self._record("signin.succeeded", session.id, session.holder, {"method": session.method})
        if new_device:
            await self._record("signin.new_device", session.id, session.holder, {"method": session.method})

    async def confirmed(self, session: Session, method: str) -> None:
        """Somebody has proved once more who they are. Raises Unavailable: `audit.unavailable`."""
        await self._record("signin.confirmed", session.id, session.holder, {"method": method})

    async def ended(self, session: Session) -> None:
        """Somebody has signed out, or ended another session of theirs."""
        await self._tell("signin.ended", session.id, session.holder, {"method": session.method})

    async def failed(self, authority: str, method: str, why: Failure, holder: Grant | None = None) -> None:
        """Somebody could not sign in; `holder` when it is known as whom."""
        fields: dict[str, Json] = {"method": method, "reason": why}
        try:
            if holder is not None:
                await self._record("signin.failed", uuid7(), holder, fields)
            else:
                await self._recorder.record("signin.failed", authority=authority, decision_id=uuid7(), fields=fields)
        except PlatformError as error:
            log.warning("a failed sign-in is not on record: %s", error.code)

    async def _tell(self, kind: str, about: str, who: Grant, fields: dict[str, Json]) -> None:
        try:
            await self._record(kind, about, who, fields)
        except PlatformError as error:
            log.warning("%s is not on record: %s", kind, error.code)

    async def _record(self, kind: str, about: str, who: Grant, fields: dict[str, Json]) -> None:
        role = who.role.name.lower()
        actor: Json = {"key_id": who.actor, "role": role, "unit": who.unit}
        await self._recorder.record(
            kind,
            authority=who.authority,
            decision_id=about,
            fields={"role": role, "unit": who.unit, **fields},
            # Who came and went is forgotten after a year.
            parts={_ACTOR: Content(actor, "G1")},
        )
