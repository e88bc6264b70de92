"""What happens on the bus, as webhooks tell of it: identifiers and states, never words that people wrote."""

from __future__ import annotations

import json
from typing import Final

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.contracts.ingest.v1.ingest_pb import DocumentRejected
from allmanning.gateway.webhooks.hook import Happened
from allmanning.runtime.record import EVALUATION, now

_DOCUMENTS: Final = {"indexed": "document.ingested", "rejected": "document.rejected", "retired": "document.retired"}
_REVIEWS: Final = {
    "se.audit.review.opened.v1": "review.opened",
    "se.audit.review.closed.v1": "review.closed",
    "se.audit.review.answered.v1": "review.closed",
}

_OPENED: Final = "review.opened"
# A contest, and an own draft that a colleague reads, have reviews of their own, which go by the record's id.
_WITH_OWN_REVIEW: Final = ("se.audit.contested.v1", "se.audit.review.asked.v1")

_TOLD: Final = tuple(f'"{each}"'.encode() for each in (*_REVIEWS, *_WITH_OWN_REVIEW))


def of_document(event: DocumentRejected, subject: str, sequence: int) -> Happened | None:
    """A document's event. The three messages have their first fields in common, and are told apart by the subject.

    `sequence` is its number in the stream, which makes its id the same when it comes again.
    """
    kind = _DOCUMENTS.get(subject.split(".")[2])
    if kind is None:
        return None
    data = {"document_id": event.document_id, "version": event.version}
    if kind == "document.rejected":
        data["code"] = event.code
    return Happened(f"document-{sequence}", event.authority, kind, now(), data)


def of_record(event: DecisionRecorded) -> Happened | None:
    """A record of the log, when it opens or closes a review."""
    if not any(each in event.leaf for each in _TOLD):
        # Most records are of answers: looking at their bytes is a tenth of reading them.
        return None
    leaf = json.loads(event.leaf)
    if leaf.get("channel") == EVALUATION:
        # No review is opened of an answer that is only measured.
        return None
    about = leaf.get("review") if isinstance(leaf.get("review"), dict) else {}
    if leaf.get("type") in _WITH_OWN_REVIEW and about:
        kind, review = _OPENED, event.id
    else:
        kind, review = _REVIEWS.get(leaf.get("type", ""), ""), about.get("contest") or event.decision_id
    if not kind:
        return None
    data = {"decision_id": review, "record_id": event.id}
    return Happened(f"record-{event.id}", event.authority, kind, str(leaf.get("time", "")), data)
