"""A certificate says what the log holds, can be checked alone, and is counted again from a bundle."""

from __future__ import annotations

import json

import pytest

from allmanning.audit.export.bundle import Chosen
from allmanning.audit.export.certificate import StreamState, certificate_text, certify
from allmanning.audit.export.certificate_page import certificate_page
from allmanning.audit.export.manifest import Scope
from allmanning.audit.log.note import SigningKey
from allmanning.audit.verify import verify
from allmanning.runtime.record import canonical
from tests.unit.audit.bundles import ORIGIN, failures, packed, unzipped
from tests.unit.audit.producer import AUTHORITY, put

NOVEMBER = Scope("period", "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z")
MADE = "2026-11-27T10:00:00.000Z"


def certified(store, scope: Scope = NOVEMBER, waiting: int = 0) -> bytes:
    with store.reading(AUTHORITY) as reading:
        return certify(reading, store.keys, scope, StreamState(15, waiting), MADE)


def test_a_certificate_holds_alone_and_says_what_was_counted(filled):
    report = verify(certified(filled), vkey=str(filled.keys.of(ORIGIN).verifier))
    assert report.ok, [check for check in report.checks if not check.ok]
    assert (report.kind, report.records, report.decisions) == ("certificate", 5, 1)
    counts = json.loads(certified(filled))["certificate"]["counts"]
    assert (counts["questions"], counts["questions_ended"], counts["questions_open"]) == (1, 1, 0)
    assert (counts["drafts"], counts["releases"], counts["evaluations"]) == (1, 1, 2)


def test_a_bundle_of_the_period_gives_its_figures_again_and_another_does_not(filled):
    certificate = certified(filled)
    assert verify(packed(filled, Chosen(NOVEMBER)), certificate=certificate).ok
    assert failures(packed(filled), certificate=certificate) == {"certificate.miscounted"}
    told = json.loads(certificate)["certificate"]
    told["counts"]["questions"] = 2
    note = filled.keys.of(ORIGIN).sign(certificate_text(ORIGIN, canonical(told)))
    forged = canonical({"certificate": told, "note": note})
    assert verify(forged).ok
    assert failures(packed(filled, Chosen(NOVEMBER)), certificate=forged) == {"certificate.miscounted"}


def test_the_whole_log_can_be_certified(filled):
    certificate = certified(filled, Scope())
    assert verify(certificate).ok
    assert verify(packed(filled), certificate=certificate).ok
    assert len(json.loads(certificate)["certificate"]["logs"]) == 2


def test_what_was_wrong_when_it_was_made_is_wrong_in_it(filled, producer):
    assert failures(certified(filled, waiting=1)) == {"certificate.findings"}
    producer.record("draft.generated", "later", time="2026-11-21T11:00:00.000Z")
    producer.record("draft.generated", "later", time="2026-11-21T11:00:00.000Z")
    put(filled, producer.leaves[-1:], 16)
    assert failures(certified(filled)) == {"certificate.findings"}


def test_every_changed_character_is_seen(filled):
    certificate = certified(filled)
    for at in range(0, len(certificate), 7):
        changed = bytearray(certificate)
        changed[at] ^= 1
        assert failures(bytes(changed)), at


def test_the_auditors_checkpoint_key_and_policy_are_compared(filled):
    certificate = certified(filled)
    kept = unzipped(packed(filled))["logs/2026h2/checkpoint"].decode()
    assert verify(certificate, checkpoint=kept).ok
    assert failures(certificate, vkey=str(SigningKey.generate(ORIGIN).verifier)) == {"vkey.mismatch"}
    assert failures(certificate, checkpoint="annan\n") == {"checkpoint.incomparable"}
    assert failures(certificate, policy="quorum\n") == {"policy.invalid"}


def test_the_page_says_it_in_swedish_without_script(filled):
    page = certificate_page(certified(filled))
    assert 'lang="sv"' in page
    assert "<script" not in page
    assert "Inga fel hittades." in page
    assert "Vad intyget inte visar" in page


@pytest.mark.parametrize(
    "data", [b'{"certificate":1}', b'{"certificate":{},"note":""}', b'{"certificate":{"logs":[]}}']
)
def test_what_is_no_certificate_is_told(data):
    assert failures(data) == {"certificate.invalid"}
