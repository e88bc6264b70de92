from __future__ import annotations

import hashlib
import json

import pytest

from allmanning.audit.export.bundle import Chosen
from allmanning.audit.export.manifest import Scope
from allmanning.audit.gate.gate import ENGINE
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import SigningKey
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.tree import leaf_hash, root_of
from allmanning.audit.verify import verify, verify_file
from allmanning.runtime.errors import NotFound
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
    data = packed(filled, Chosen(opened=frozenset()))
    assert verify(data).ok
    assert not any("/parts/" in name for name in unzipped(data))
    assert b"elda" not in b"".join(unzipped(data).values())


LEAVES, PARTS = "logs/2026h2/leaves/000000.jsonl", "logs/2026h2/parts/000000-000.jsonl"


def test_only_the_chosen_parts_are_opened_and_the_rest_stays_committed(filled):
    data = packed(filled, Chosen(opened=frozenset({"input"})))
    report = verify(data)
    assert report.ok
    assert (report.counts["parts_opened"], report.counts["parts_closed"]) == (6, 9)
    assert report.counts["rules_run"] == 6
    assert b"elda" not in b"".join(unzipped(data).values())


def test_a_period_is_proved_to_be_whole_between_its_ends(filled):
    period = Scope("period", "2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z")
    data = packed(filled, Chosen(period))
    report = verify(data)
    assert report.ok, [check for check in report.checks if not check.ok]
    assert (report.records, report.decisions) == (5, 1)
    assert "logs/2026h1/checkpoint" not in unzipped(data)
    later = Scope("period", "2026-11-22T00:00:00.000Z", "2027-01-01T00:00:00.000Z")
    assert verify(packed(filled, Chosen(later))).records == 5
    with pytest.raises(NotFound, match=r"log\.empty"):
        packed(filled, Chosen(Scope("period", "2027-11-22T00:00:00.000Z", "2028-01-01T00:00:00.000Z")))


def test_decisions_are_proved_one_by_one(filled, producer):
    one, other = producer.leaves[0].decision, producer.leaves[-1].decision
    data = packed(filled, Chosen(Scope("decisions", decisions=(one, other))))
    report = verify(data)
    assert report.ok, [check for check in report.checks if not check.ok]
    assert (report.records, report.decisions, report.counts["rules_run"]) == (10, 2, 4)
    left_out = producer.leaves[5].decision.encode()
    assert left_out not in b"".join(unzipped(data).values())
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        packed(filled, Chosen(Scope("decisions", decisions=("aldrig",))))


def test_the_same_log_gives_the_same_bundle(filled, bundle):
    assert packed(filled) == bundle


class TestAnOperatorWithTheKey:
    """The manifest can be made to fit; the log itself still tells."""

    def test_can_not_change_a_leaf(self, bundle, key):
        files = unzipped(bundle)
        files[LEAVES] = files[LEAVES].replace(b"answered", b"reviewed", 1)
        assert {"root.mismatch", "records.gap"} <= failures(resigned(files, key))

    def test_can_not_change_content(self, bundle, key):
        files = unzipped(bundle)
        for word in (b"elda", b"Nej", b"weakest_support"):
            changed = files | {PARTS: files[PARTS].replace(word, word.swapcase(), 1)}
            assert failures(resigned(changed, key)) >= {"parts.mismatch"}

    def test_can_not_bring_content_that_no_record_has(self, bundle, key):
        files = unzipped(bundle)
        lines = files[PARTS].splitlines(keepends=True)
        assert "parts.mismatch" in failures(resigned(files | {PARTS: files[PARTS] + lines[0]}, key))
        other = lines[0].replace(b'"record":"', b'"record":"f')[:-2] + b"}\n"
        assert "parts.mismatch" in failures(resigned(files | {PARTS: files[PARTS] + other}, key))

    def test_can_not_leave_content_out_unseen(self, bundle, key):
        files = unzipped(bundle)
        name = "logs/2026h1/parts/000000-000.jsonl"
        files[name] = b"".join(files[name].splitlines(keepends=True)[1:])
        assert failures(resigned(files, key)) == {"parts.unexplained"}

    def test_can_not_swap_receipts(self, filled, producer, key):
        decisions = (producer.leaves[5].decision, producer.leaves[-1].decision)
        files = unzipped(packed(filled, Chosen(Scope("decisions", decisions=decisions))))
        one, two = [name for name in files if name.startswith("proofs/")]
        swapped = files | {one: files[two], two: files[one]}
        assert failures(resigned(swapped, key)) == {"receipt.invalid"}
        del files[one]
        assert "receipt.invalid" in failures(resigned(files, key))

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
        kept = files["logs/2026h2/checkpoint"].decode()
        lines = files[LEAVES].splitlines(keepends=True)
        del lines[3]
        checkpoint = Checkpoint(ORIGIN, len(lines), root_of(leaf_hash(line[:-1]) for line in lines))
        files["logs/2026h2/checkpoint"] = checkpoint.sign(key).encode()
        files[LEAVES] = b"".join(lines)
        report = verify(resigned(files, key, {"2026h2": {"end": len(lines)}}), checkpoint=kept)
        found = {check.code: check.detail for check in report.checks if not check.ok}
        assert {"records.gap", "checkpoint.inconsistent"} <= set(found)
        assert "post nummer 9 saknas" in found["records.gap"]


def test_a_verdict_that_the_rules_do_not_give_is_seen(store, producer, gate):
    told = {"verdict": "auto", "rule_id": "S6", "rules": gate.baseline.hash, "engine": ENGINE}
    told["circumstances"] = {"day": "2026-11-22", "deployment": "d1"}
    producer.record("gate.evaluated", "d", gate=told, parts={"input": RELEASE | {"weakest_support": 0.5}})
    put(store, producer.leaves, 1)
    store.keep(producer.parts, [StoredPin(AUTHORITY, gate.baseline.hash, "rules", gate.baseline.pinned)])
    [check] = [check for check in verify(packed(store)).checks if not check.ok]
    assert check.code == "rules.mismatch"
    assert "S4" in check.detail


def test_the_auditors_own_key_and_checkpoint_are_compared(filled, bundle, producer, gate):
    kept = unzipped(bundle)["logs/2026h2/checkpoint"].decode()
    producer.decide(gate)
    put(filled, producer.leaves[15:], 20)
    newer = packed(filled)
    assert verify(newer, checkpoint=kept, vkey=str(filled.keys.of(ORIGIN).verifier)).ok
    assert failures(newer, vkey=str(SigningKey.generate(ORIGIN).verifier)) == {"vkey.mismatch"}
    assert failures(newer, vkey="skräp") == {"vkey.invalid"}
    assert failures(bundle, checkpoint=unzipped(newer)["logs/2026h2/checkpoint"].decode()) == {
        "checkpoint.inconsistent"
    }
    assert failures(bundle, checkpoint="annan logg\n") == {"checkpoint.incomparable"}
    other = Checkpoint(ORIGIN, 3, bytes(32)).sign(filled.keys.of(ORIGIN))
    assert failures(bundle, checkpoint=other) == {"checkpoint.inconsistent"}
