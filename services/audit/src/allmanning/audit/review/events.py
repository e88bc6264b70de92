"""What becomes of a decision later: it is made in writing, told, contested or corrected; each is a record."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from allmanning.audit.log.actor import actor
from allmanning.audit.log.protocol import Records
from allmanning.audit.review.deadline import hours_left
from allmanning.audit.review.projection import CONTESTED
from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1.review_pb import (
    AddEventRequest,
    DecisionCommunicated,
    DecisionContested,
    DecisionCorrected,
    DecisionMade,
    DecisionNotified,
)
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.identity import checked_authority
from allmanning.runtime.record import Content, Json, Recorder

MAX_TEXT_CHARS: Final = 20_000
MAX_REFERENCE_CHARS: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9_.:-]{0,128}")
# A decision in somebody's case is preserved; an erasure for a person can still reach it.
KEPT: Final = "B"
APPEAL_ROUTES: Final = ("förvaltningsbesvär", "laglighetsprövning", "ej_överklagbart", "ej_ärende")
_STAFF: Final = (Role.CASEWORKER, Role.ADMIN)
# KL 6:38: an automated function decides only what is appealed as förvaltningsbesvär.
_DELEGABLE: Final = "förvaltningsbesvär"


class Event(NamedTuple):
    """A record to be: its public skeleton, and its sealed content."""

    kind: str
    fields: Mapping[str, Json]
    parts: Mapping[str, Content]
    # The record it corrects.
    corrects: str = ""


class Events:
    """Adds events to decisions that are in the log."""

    def __init__(self, records: Records, recorder: Recorder, contest_hours: int) -> None:
        self._log = records
        self._recorder = recorder
        self._contest_hours = contest_hours

    async def add(self, request: AddEventRequest) -> str:
        """Record what happened to a decision; returns the record's id.

        Anybody with a key may contest; the rest is for caseworkers and administrators. A contest opens a review of its
        own, whose id is the record's, and keeps the decision from being erased until that is closed.

        Raises:
            Forbidden: `event.forbidden`. NotFound: `decision.not_found`, `event.no_such_record`.
            InvalidInput: `event.missing`, `event.invalid`. Conflict: `event.delegation` (KL 6:37-38).
        """
        principal = request.principal
        if principal is None or not principal.key_id:
            raise Forbidden("event.forbidden", "Det här kräver en nyckel. (A key is needed.)")
        checked_authority(principal.authority)
        event = self._event_of(request)
        if event.kind != CONTESTED and principal.role not in _STAFF:
            raise Forbidden(
                "event.forbidden", "Bara handläggare och administratörer får göra det. (Caseworkers and admins only.)"
            )
        records = await asyncio.to_thread(self._records_of, principal.authority, request.decision_id)
        if not records:
            raise NotFound("decision.not_found", "Det finns inget beslut med det numret. (No such decision.)")
        if event.corrects and event.corrects not in records:
            raise NotFound("event.no_such_record", "Beslutet har ingen sådan post. (The decision has no such record.)")
        return await self._recorder.record(
            event.kind,
            authority=principal.authority,
            decision_id=request.decision_id,
            fields=event.fields,
            parts={**event.parts, "actor": actor(principal)},
        )

    def _event_of(self, request: AddEventRequest) -> Event:
        given = request.event.value if request.event else None
        match given:
            case DecisionMade():
                return _made(given)
            case DecisionCommunicated():
                return _communicated(given)
            case DecisionNotified():
                return _notified(given)
            case DecisionContested():
                return _contested(given, self._contest_hours)
            case DecisionCorrected():
                return _corrected(given)
            case _:
                raise InvalidInput("event.missing", "Ange vad som har hänt med beslutet. (Say what happened.)")

    def _records_of(self, authority: str, decision: str) -> set[str]:
        with self._log.reading(authority) as log:
            return {each.leaf.id for each in log.records(decision)}


def _made(made: DecisionMade) -> Event:
    _one_of("mode", made.mode, ("official", "collegial", "automated"))
    _one_of("appeal_route", made.appeal_route, APPEAL_ROUTES)
    if made.mode == "automated" and (not made.delegation_ref or made.appeal_route != _DELEGABLE):
        raise Conflict(
            "event.delegation",
            "En automatiserad beslutsfunktion får bara besluta med delegation, och bara det som överklagas med "
            "förvaltningsbesvär (KL 6 kap. 37–38 §§). (Not without a delegation, and not such a decision.)",
        )
    if made.mode != "automated":
        _required("decided_by", "".join(made.decided_by))
    fields: dict[str, Json] = {
        "decided_on": _day("decided_on", made.decided_on),
        "mode": made.mode,
        "appeal_route": made.appeal_route,
    }
    # A list that is empty says that there was nobody; FL 31 § asks for that to show.
    lists: dict[str, list[Json]] = {
        "decided_by": list(made.decided_by),
        "presented_by": list(made.presented_by),
        "participated": list(made.participated),
    }
    lists |= {"dissent": list(made.dissent)} if made.dissent else {}
    lists |= {"provisions": list(made.provisions)} if made.provisions else {}
    if made.facts:
        lists["facts"] = [{"text": each.text, "evidence": each.evidence} for each in made.facts]
        fields["facts"] = [{"evidence": _id("evidence", each.evidence)} for each in made.facts]
    parts = {"content": Content(_required("content", made.content), retention=KEPT)}
    parts |= {name: Content(each, retention=KEPT) for name, each in lists.items()}
    if made.reasons_omitted:
        fields["reasons_omitted"] = _one_of("reasons_omitted", made.reasons_omitted, ("1", "2", "3", "4"))
    if made.communication_omitted:
        fields["communication_omitted"] = _one_of("communication_omitted", made.communication_omitted, ("1", "2", "3"))
    if made.delegation_ref:
        fields["delegation_ref"] = _text("delegation_ref", made.delegation_ref, MAX_REFERENCE_CHARS)
    return Event("decision.made", fields, parts)


def _communicated(communicated: DecisionCommunicated) -> Event:
    fields: dict[str, Json] = {"communicated_on": _day("communicated_on", communicated.communicated_on)}
    if communicated.answer_by:
        fields["answer_by"] = _day("answer_by", communicated.answer_by)
    parts = {
        "to": Content(_required("to", communicated.to), retention=KEPT),
        "material": Content(_required("material", communicated.material), retention=KEPT),
    }
    return Event("communicated", fields, parts)


def _notified(notified: DecisionNotified) -> Event:
    _one_of("how", notified.how, ("letter", "digital", "oral", "service"))
    fields: dict[str, Json] = {"notified_on": _day("notified_on", notified.notified_on), "how": notified.how}
    if notified.appeal_info_version:
        fields["appeal_info"] = _text("appeal_info_version", notified.appeal_info_version, MAX_REFERENCE_CHARS)
    if notified.appeal_until:
        fields["appeal_until"] = _day("appeal_until", notified.appeal_until)
    return Event("notified", fields, {"to": Content(_required("to", notified.to), retention=KEPT)})


def _contested(contested: DecisionContested, hours: int) -> Event:
    _one_of("kind", contested.kind, ("human_intervention", "appeal", "complaint"))
    fields: dict[str, Json] = {"contest": contested.kind}
    if contested.deadline:
        fields["deadline"] = _day("deadline", contested.deadline)
        hours = hours_left(date.fromisoformat(contested.deadline))
    fields["review"] = {"deadline_hours": hours}
    parts = {"text": Content(_required("text", contested.text), retention=KEPT)}
    if contested.by:
        parts["by"] = Content(_text("by", contested.by), retention=KEPT)
    return Event(CONTESTED, fields, parts)


def _corrected(corrected: DecisionCorrected) -> Event:
    correction: Json = {"record": corrected.corrects, "reversed": corrected.reversed}
    parts = {
        "correction": Content(_required("correction", corrected.correction), retention=KEPT),
        "reason": Content(_required("reason", corrected.reason), retention=KEPT),
    }
    return Event("corrected", {"correction": correction}, parts, _required("corrects", corrected.corrects))


def _text(name: str, text: str, most: int = MAX_TEXT_CHARS) -> str:
    if len(text) > most:
        raise InvalidInput("event.invalid", f"Fältet {name} får vara högst {most} tecken. (It is too long.)")
    return text


def _required(name: str, text: str) -> str:
    if not text.strip():
        raise InvalidInput("event.invalid", f"Fältet {name} saknas. (It is missing.)")
    return _text(name, text)


def _one_of(name: str, word: str, words: Sequence[str]) -> str:
    if word not in words:
        raise InvalidInput("event.invalid", f"Fältet {name} ska vara ett av {', '.join(words)}. (Choose one of them.)")
    return word


def _id(name: str, written: str) -> str:
    """An identifier, or nothing: it goes into a leaf, which is never erased."""
    if not _ID.fullmatch(written):
        raise InvalidInput("event.invalid", f"Fältet {name} ska vara ett id. (Write an identifier.)")
    return written


def _day(name: str, written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise InvalidInput("event.invalid", f"Fältet {name} ska vara en dag, ÅÅÅÅ-MM-DD. (Write a day.)") from error
