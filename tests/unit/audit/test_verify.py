from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import delete

from allmanning.audit.export.bundle import MANIFEST, MANIFEST_NOTE
from allmanning.audit.export.zipped import zipped
from allmanning.audit.gate.gate import ENGINE
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.schema import parts
from allmanning.audit.log.tree import leaf_hash, root_of
from allmanning.audit.verify import verify, verify_file
from tests.unit.audit.bundles import ORIGIN, failures, packed, resigned, unzipped
from tests.unit.audit.producer import AUTHORITY, RELEASE, put


def test_a_bundle_holds_and_says_what_was_checked(bundle, filled, tmp_path):
    (tmp_path / "bundle.zip").write_bytes(bundle)
    report = verify_file(tmp_path / "bundle.zip", vkey=str(filled.keys.of(ORIGIN).verifier))
    assert report.ok, [check for check in report.checks if not check.ok]
    assert (report.kind, report.authority, report.records, report.decisions) == ("bundle", AUTHORITY, 15, 3)
    details = {check.name: check.detail for check in report.checks}
    assert details["rules"].startswith("6 regelprövningar gav samma utfall")
    assert details["parts"].startswith("15 delar stämmer")
    assert json.loads(json.dumps(report.as_dict()))["ok"] is True


def test_a_bundle_without_content_holds_and_has_no_content(filled):
    data = packed(filled, with_content=False)
    assert verify(data).ok
    assert not any(name.startswith("parts/") for name in unzipped(data))
    assert b"elda" not in b"".join(unzipped(data).values())


def test_erased_content_leaves_the_rest_provable(filled, producer):
    erased = producer.leaves[0].id
    with filled.database.transaction() as connection:
        connection.execute(delete(parts).where(parts.c.record == erased))
    data = packed(filled)
    assert f"parts/{erased}.json" not in unzipped(data)
    assert verify(data).ok


def test_the_same_log_gives_the_same_bundle(filled, bundle):
    assert packed(filled) == bundle


@pytest.mark.parametrize("bit", [0, 6])
def test_a_flipped_bit_anywhere_in_any_file_is_seen(bundle, bit):
    files = unzipped(bundle)
    for name, data in files.items():
        step = max(1, len(data) // 12)
        for at in {*range(0, len(data), step), len(data) - 1}:
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            assert failures(zipped(files | {name: bytes(changed)})), f"{name}[{at}]"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("checkpoint", "checkpoint.invalid"),
        ("vkey", "checkpoint.invalid"),
        ("earlier/2026h1/checkpoint", "checkpoint.invalid"),
        ("leaves.jsonl", "root.mismatch"),
        ("earlier/2026h1/leaves.jsonl", "root.mismatch"),
        ("README.txt", "files.changed"),
        (MANIFEST, "manifest.invalid"),
        (MANIFEST_NOTE, "manifest.invalid"),
        ("proofs/", "receipt.invalid"),
        ("parts/", "parts.mismatch"),
        ("pins/", "pins.mismatch"),
    ],
)
def test_a_changed_file_fails_with_its_own_message(bundle, name, code):
    files = unzipped(bundle)
    [name, *_] = [each for each in files if each.startswith(name)]
    for at in range(len(files[name]) // 2, len(files[name]) // 2 + 8):
        changed = bytearray(files[name])
        changed[at] ^= 1
        found = failures(zipped(files | {name: bytes(changed)}))
        assert code in found, (name, at, found)


@pytest.mark.parametrize(
    "name", ["checkpoint", "vkey", "leaves.jsonl", MANIFEST, MANIFEST_NOTE, "README.txt", "pins/", "parts/"]
)
def test_a_removed_file_is_seen(bundle, name):
    files = unzipped(bundle)
    [name, *_] = [each for each in files if each.startswith(name)]
    del files[name]
    assert failures(zipped(files)) & {"bundle.missing_file", "files.changed"}


class TestAnOperatorWithTheKey:
    """The manifest can be made to fit; the log itself still tells."""

    def test_can_not_change_a_leaf(self, bundle, key):
        files = unzipped(bundle)
        files["leaves.jsonl"] = files["leaves.jsonl"].replace(b"answered", b"reviewed", 1)
        assert {"root.mismatch", "records.gap"} <= failures(resigned(files, key))

    def test_can_not_change_content(self, bundle, key):
        files = unzipped(bundle)
        for name in [each for each in files if each.startswith("parts/")]:
            changed = files | {name: files[name].replace(b"elda", b"bada").replace(b"Nej", b"Joo")}
            if changed != files:
                assert failures(resigned(changed, key)) == {"parts.mismatch"}

    def test_can_not_bring_content_that_no_record_has(self, bundle, key):
        files = unzipped(bundle)
        assert failures(resigned(files | {"parts/annan.json": b"{}"}, key)) == {"parts.mismatch"}

    def test_can_not_leave_out_a_receipt(self, bundle, key):
        files = unzipped(bundle)
        del files[next(name for name in files if name.startswith("proofs/"))]
        assert failures(resigned(files, key)) == {"receipt.invalid"}

    def test_can_not_swap_receipts(self, bundle, key):
        files = unzipped(bundle)
        one, two, *_ = [name for name in files if name.startswith("proofs/")]
        files[one], files[two] = files[two], files[one]
        assert failures(resigned(files, key)) == {"receipt.invalid"}

    def test_can_not_change_the_rules(self, bundle, key):
        files = unzipped(bundle)
        [pin] = [name for name in files if name.startswith("pins/")]
        other = files[pin].replace(b"minst 0,75", b"minst 0,95")
        assert "pins.mismatch" in failures(resigned(files | {pin: other}, key))
        del files[pin]
        files[f"pins/{hashlib.sha256(other).hexdigest()}"] = other
        assert failures(resigned(files, key)) == {"rules.mismatch"}

    def test_can_not_drop_a_record_and_sign_again(self, bundle, key):
        """A new checkpoint over fewer leaves fits itself, but neither the counters nor what the auditor kept."""
        files = unzipped(bundle)
        kept = files["checkpoint"].decode()
        lines = files["leaves.jsonl"].splitlines(keepends=True)
        del lines[3]
        checkpoint = Checkpoint(ORIGIN, len(lines), root_of(leaf_hash(line[:-1]) for line in lines))
        files["checkpoint"] = checkpoint.sign(key).encode()
        files["leaves.jsonl"] = b"".join(lines)
        report = verify(resigned(files, key), checkpoint=kept)
        found = {check.code: check.detail for check in report.checks if not check.ok}
        assert {"records.gap", "checkpoint.inconsistent"} <= set(found)
        assert "post nummer 9 saknas" in found["records.gap"]


def test_a_verdict_that_the_rules_do_not_give_is_seen(store, producer, gate):
    told = {"verdict": "auto", "rule_id": "S6", "rules": gate.table.hash, "engine": ENGINE}
    producer.record("gate.evaluated", "d", gate=told, parts={"input": RELEASE | {"weakest_support": 0.5}})
    put(store, producer.leaves, 1)
    store.keep(producer.parts, [StoredPin(AUTHORITY, gate.table.hash, "rules", gate.table.pinned)])
    [check] = [check for check in verify(packed(store)).checks if not check.ok]
    assert check.code == "rules.mismatch"
    assert "S4" in check.detail


def test_the_auditors_own_key_and_checkpoint_are_compared(filled, bundle, producer, gate):
    kept = unzipped(bundle)["checkpoint"].decode()
    producer.decide(gate)
    put(filled, producer.leaves[15:], 20)
    newer = packed(filled)
    assert verify(newer, checkpoint=kept, vkey=str(filled.keys.of(ORIGIN).verifier)).ok
    assert failures(newer, vkey=str(SigningKey.generate(ORIGIN).verifier)) == {"vkey.mismatch"}
    assert failures(newer, vkey="skräp") == {"vkey.invalid"}
    assert failures(bundle, checkpoint=unzipped(newer)["checkpoint"].decode()) == {"checkpoint.inconsistent"}
    assert failures(bundle, checkpoint="annan logg\n") == {"checkpoint.inconsistent"}
    other = Checkpoint(ORIGIN, 3, bytes(32)).sign(filled.keys.of(ORIGIN))
    assert failures(bundle, checkpoint=other) == {"checkpoint.inconsistent"}
