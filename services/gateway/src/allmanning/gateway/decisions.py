"""Read decisions in the log; whoever reads content leaves a record of it first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.contracts.audit.v1.audit_pb import (
    ErasedPart,
    GetRequest,
    GetResponse,
    ListReviewsRequest,
    ListReviewsResponse,
    Record,
)
from allmanning.gateway.asker import Asker
from allmanning.gateway.parts import Parts
from allmanning.runtime import subjects
from allmanning.runtime.errors import NotFound
from allmanning.runtime.record import Content, Json

READERS: Final = (Role.AUDITOR, Role.ADMIN)

# A reviewer's verdict after which the asker is told the text.
_OPEN: Final = "open"
_REVIEWS: Final = 50
_TOLD: Final = frozenset({"approved", "edited"})


class ErasedOut(TypedDict):
    """A part whose content is gone for good, by which erasure and on what ground."""

    part: str
    erasure_id: str
    ground: str
    decided_on: str
    erased_at: str


class RecordOut(TypedDict):
    """One event of a decision. `leaf_sha256` is of the leaf's bytes as they stand in the log. `parts` holds content
    only where the reader has said why they need it; `erased` names the parts that nobody can read any more;
    `corrected_by` the later records that say what is wrong in this one.
    """

    id: str
    index: int
    leaf: dict[str, object]
    leaf_sha256: str
    parts: dict[str, object]
    erased: list[ErasedOut]
    corrected_by: list[str]


class ReviewedOut(TypedDict):
    """What a reviewer has let the asker know; `text` is empty while it is open and when it was rejected."""

    state: str
    text: str


class DecisionOut(TypedDict):
    """A decision, event by event."""

    decision_id: str
    complete: bool
    records: list[RecordOut]
    review: ReviewedOut | None


@dataclass(frozen=True)
class Decisions:
    """The decisions that one asker reads, in one authority."""

    parts: Parts
    asker: Asker
    authority: str

    @property
    def may_read_content(self) -> bool:
        """Whether the asker accounts for this authority's decisions."""
        own = self.authority == self.asker.principal.authority
        return own and self.asker.principal.role in READERS

    async def read(self, decision_id: str, reason: str = "") -> DecisionOut:
        """The decision: with content for those who account for it and say why, otherwise its skeleton.

        Raises:
            NotFound: `decision.not_found`.
            Unavailable: `audit.unavailable`, also when the reading can't be recorded.
        """
        with_content = bool(reason.strip()) and self.may_read_content
        if with_content:
            await self.note_access(decision_id, reason.strip())
        return await self._get(decision_id, with_content=with_content)

    async def opened(self, decision_id: str) -> DecisionOut:
        """The decision with its content, for whoever's reading of it is on record already. Raises as `read`."""
        return await self._get(decision_id, with_content=self.may_read_content)

    async def _get(self, decision_id: str, *, with_content: bool) -> DecisionOut:
        found = await self._found(decision_id, with_content=with_content)
        return DecisionOut(
            decision_id=decision_id,
            complete=found.complete,
            records=_records(found.records),
            review=await self._review(decision_id, found),
        )

    async def _found(self, decision_id: str, *, with_content: bool) -> GetResponse:
        request = GetRequest(authority=self.authority, decision_id=decision_id, with_content=with_content)
        found = await self.parts.bus.call(subjects.AUDIT_GET, request, GetResponse)
        if not found.records:
            raise NotFound("decision.not_found", "Det finns inget beslut med det numret i loggen.")
        return found

    async def note_access(self, decision_id: str, reason: str) -> None:
        """Record who reads content and why, before they do.

        Raises:
            NotFound: `decision.not_found`: a reading under a number that nothing has would itself be a decision.
            Unavailable: `audit.unavailable`.
        """
        await self._found(decision_id, with_content=False)
        principal = self.asker.principal
        reader: Json = {"reason": reason, "key": principal.key_id, "unit": principal.unit}
        await self.parts.recorder.record(
            "access.read",
            authority=self.authority,
            decision_id=decision_id,
            fields={"role": principal.role.name.lower(), "unit": principal.unit},
            parts={"reader": Content(reader)},
        )

    async def _review(self, decision_id: str, found: GetResponse) -> ReviewedOut | None:
        if not any(b"review.opened" in each.leaf or b"contested" in each.leaf for each in found.records):
            return None
        request = ListReviewsRequest(authority=self.authority, state="all", limit=_REVIEWS, decision_id=decision_id)
        found_reviews = await self.parts.bus.call(subjects.AUDIT_LIST_REVIEWS, request, ListReviewsResponse)
        # That somebody wanted a person, or what a caseworker makes of the answer, says nothing of what was answered.
        reviews = [each for each in found_reviews.reviews if each.kind not in ("contact", "own_draft")]
        if not reviews:
            return None
        # What came of the newest contest stands; while it is tried, what stood before.
        review = next((each for each in reversed(reviews) if each.state != _OPEN), reviews[0])
        if review.contests and review.state == _OPEN:
            return None
        return ReviewedOut(state=review.state, text=review.text if review.state in _TOLD else "")


def _records(records: Sequence[Record]) -> list[RecordOut]:
    corrections: dict[str, list[str]] = {}
    leaves: list[dict[str, object]] = [json.loads(each.leaf) for each in records]
    for record, leaf in zip(records, leaves, strict=True):
        correction = leaf.get("correction")
        if isinstance(correction, dict):
            corrections.setdefault(str(correction.get("record")), []).append(record.id)
    return [
        RecordOut(
            id=record.id,
            index=record.index,
            leaf=leaf,
            leaf_sha256=hashlib.sha256(record.leaf).hexdigest(),
            parts={part.name: json.loads(part.content) for part in record.parts if part.content},
            erased=[_erased(each) for each in record.erased],
            corrected_by=corrections.get(record.id, []),
        )
        for record, leaf in zip(records, leaves, strict=True)
    ]


def _erased(part: ErasedPart) -> ErasedOut:
    return ErasedOut(
        part=part.name,
        erasure_id=part.erasure_id,
        ground=part.ground,
        decided_on=part.decided_on,
        erased_at=part.erased_at,
    )


def stated_reason(header: str | None, parameter: str) -> str:
    """Why somebody reads content: the parameter, or the header, whose UTF-8 arrives as Latin-1."""
    if parameter or not header:
        return parameter
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
