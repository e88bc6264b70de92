"""What happens on the bus becomes identifiers and states, and nothing that people wrote."""

from __future__ import annotations

import pytest

from allmanning.contracts.audit.v1.audit_pb import DecisionRecorded
from allmanning.contracts.ingest.v1.ingest_pb import DocumentIndexed, DocumentRejected
from allmanning.gateway.webhooks.events import of_document, of_record
from allmanning.runtime import subjects
from allmanning.runtime.record import Json, canonical


def recorded(kind: str, **fields: Json) -> DecisionRecorded:
    leaf = {"type": f"se.audit.{kind}.v1", "time": "2026-11-27T10:00:00.000Z", **fields}
    return DecisionRecorded(id="r1", authority="exempelby", decision_id="b1", leaf=canonical(leaf))


@pytest.mark.parametrize(
    ("record", "kind", "review"),
    [
        (recorded("review.opened"), "review.opened", "b1"),
        (recorded("review.closed", review={"action": "approve"}), "review.closed", "b1"),
        (recorded("contested", review={"deadline_hours": 24}), "review.opened", "r1"),
        (recorded("review.closed", review={"contest": "c1"}), "review.closed", "c1"),
        (recorded("review.asked", review={"unit": "bygg"}), "review.opened", "r1"),
        (recorded("review.answered", review={"contest": "c1"}), "review.closed", "c1"),
    ],
)
def test_reviews_are_told_by_the_identifier_that_the_queue_has(record, kind, review):
    told = of_record(record)

    assert told is not None
    assert (told.id, told.kind, told.authority) == ("record-r1", kind, "exempelby")
    assert told.data == {"decision_id": review, "record_id": "r1"}
    assert told.at == "2026-11-27T10:00:00.000Z"


def test_records_of_answers_and_contests_that_open_no_review_are_not_told():
    assert of_record(recorded("question.received", text="se.audit.review.opened.v1")) is None
    assert of_record(recorded("contested", way="complaint")) is None


def test_an_answer_that_is_only_measured_opens_no_review():
    assert of_record(recorded("review.opened", channel="evaluation")) is None
    assert of_record(recorded("review.opened", channel="citizen")) is not None


def test_documents_are_told_with_a_code_and_without_words():
    indexed = DocumentIndexed(authority="exempelby", document_id="d1", version="v1", passages=3).to_binary()
    rejected = DocumentRejected(
        authority="exempelby", document_id="d2", version="v2", code="file.empty", reason="Tolvan Tolvansson"
    )

    read = of_document(DocumentRejected.from_binary(indexed), subjects.document_indexed("exempelby"), 7)
    refused = of_document(rejected, subjects.document_rejected("exempelby"), 8)

    assert read is not None
    assert refused is not None
    assert (read.id, read.kind, read.data) == (
        "document-7",
        "document.ingested",
        {"document_id": "d1", "version": "v1"},
    )
    assert refused.data == {"document_id": "d2", "version": "v2", "code": "file.empty"}
    assert of_document(rejected, subjects.document_received("exempelby"), 9) is None
