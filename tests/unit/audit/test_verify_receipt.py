"""A receipt proves one decision, and nothing else passes for it."""

import base64
import json

import pytest

from allmanning.audit.decisions import prove
from allmanning.audit.export.tlog_proof import tlog_proofs
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.tree import leaf_hash, verify_inclusion
from allmanning.audit.verify import verify
from tests.unit.audit.bundles import ORIGIN, failures, unzipped
from tests.unit.audit.producer import AUTHORITY


@pytest.fixture
def receipt(filled, producer) -> bytes:
    return prove(filled, filled.keys, AUTHORITY, producer.leaves[-1].decision)


def test_a_receipt_holds(receipt, filled, bundle):
    report = verify(
        receipt,
        vkey=str(filled.keys.of(ORIGIN).verifier),
        checkpoint=unzipped(bundle)["logs/2026h2/checkpoint"].decode(),
    )
    assert report.ok
    assert (report.kind, report.records) == ("receipt", 5)
    assert failures(receipt, vkey=str(SigningKey.generate(ORIGIN).verifier)) == {"vkey.mismatch"}


def test_every_flipped_character_of_a_receipt_is_seen(receipt):
    for at in range(0, len(receipt), 3):
        changed = bytearray(receipt)
        changed[at] ^= 1
        assert failures(bytes(changed)), at


@pytest.mark.parametrize("change", ["index", "leaf", "proof", "decision", "checkpoint", "twice"])
def test_a_receipt_that_shows_something_else_fails(receipt, change):
    value = json.loads(receipt)
    [log] = value["logs"]
    record = log["records"][0]
    match change:
        case "index":
            record["index"] += 1
        case "leaf":
            record["leaf"] = record["leaf"].replace("citizen", "officer")
        case "proof":
            record["proof"][0] = base64.b64encode(bytes(32)).decode()
        case "decision":
            value["decision"] = "annat"
        case "checkpoint":
            log["checkpoint"] = log["checkpoint"].replace("\n10\n", "\n11\n")
        case "twice":
            log["records"].append(record)
    expected = "checkpoint.invalid" if change == "checkpoint" else "receipt.invalid"
    assert failures(json.dumps(value).encode()) == {expected}


def test_a_receipt_gives_the_same_proofs_in_the_form_of_c2sp(receipt, filled):
    key = filled.keys.of(ORIGIN).verifier
    proofs = list(tlog_proofs(receipt))
    assert len(proofs) == 5
    for each in proofs:
        head, _, checkpoint = each.text.partition("\n\n")
        header, index, *hashes = head.split("\n")
        assert (header, index) == ("c2sp.org/tlog-proof@v1", f"index {each.place}")
        signed = Checkpoint.open(checkpoint, key)
        raw = [base64.b64decode(line) for line in hashes]
        assert verify_inclusion(leaf_hash(each.leaf), each.place, signed.size, raw, signed.root)
