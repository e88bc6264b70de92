"""Somebody wants what they asked to be forgotten: an erasure like any other, asked for by them."""

from __future__ import annotations

from typing import Final

from allmanning.audit.asking.own_decision import records_of, who_asked
from allmanning.audit.forgetting.erasures import MOST_TOLD, Erasures
from allmanning.audit.log.ledger import Ledger
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.asker_pb import AskErasureRequest, AskErasureResponse
from allmanning.contracts.audit.v1.erasure_pb import Erasure, ListErasuresRequest, RequestErasureRequest

# The ground of a public task (GDPR 6.1 e) can be objected to, and then 17.1 c applies.
GROUND: Final = "GDPR 17.1.c"
# Nobody who settles it has this for a key, so that one administrator does: the asker is the other person.
ASKER: Final = "asker"
_REASON: Final = "Den som frågade har bett om radering."


class Erasing:
    """Asks for erasures."""

    def __init__(self, ledger: Ledger, erasures: Erasures) -> None:
        self._ledger = ledger
        self._erasures = erasures

    async def ask(self, request: AskErasureRequest) -> AskErasureResponse:
        """Ask for the erasure of all content of these decisions; an administrator settles it.

        Raises:
            Forbidden: `asker.missing`. NotFound: `decision.not_found`. Conflict: `erasure.held`.
        """
        principal = who_asked(request.principal)
        records = await records_of(self._ledger, principal.authority, list(request.decision_ids))
        wanted = RequestErasureRequest(
            principal=Principal(authority=principal.authority, role=principal.role, key_id=ASKER),
            record_ids=[each.leaf.id for each in records if each.leaf.parts],
            ground=GROUND,
            reason=_REASON,
        )
        asked = await self._waiting(wanted) or await self._erasures.ask(wanted)
        return AskErasureResponse(erasure_id=asked.id, records=len(wanted.record_ids))

    async def _waiting(self, wanted: RequestErasureRequest) -> Erasure | None:
        """The same request, when it has been made and waits."""
        authority = wanted.principal.authority if wanted.principal else ""
        known = await self._erasures.listed(ListErasuresRequest(authority=authority))
        told = sorted(wanted.record_ids)[:MOST_TOLD]
        return next((each for each in known if each.state == "requested" and sorted(each.record_ids) == told), None)
