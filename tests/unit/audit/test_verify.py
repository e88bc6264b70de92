from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile

import pytest

from allmanning.audit.bundle import MANIFEST, MANIFEST_NOTE, manifest_text, pack
from allmanning.audit.checkpoint import Checkpoint
from allmanning.audit.decisions import prove
from allmanning.audit.gate.gate import ENGINE
from allmanning.audit.note import SigningKey
from allmanning.audit.reading import reading
from allmanning.audit.store import StoredPin
from allmanning.audit.tree import leaf_hash, root_of
from allmanning.audit.verify import verify, verify_file
from allmanning.audit.zipped import zipped
from allmanning.runtime.record import canonical
from tests.unit.audit.producer import AUTHORITY, RELEASE, put

ORIGIN = "audit.exempelby.allmanning/2026h2"


def packed(store, *, with_content: bool = True) -> bytes:
    with reading(store.path, AUTHORITY) as log:
        return pack(log, store.keys, with_content=with_content).data


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def deflated(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def resigned(files: dict[str, bytes], key: SigningKey) -> bytes:
    """What an operator who holds the key can do: make the manifest fit whatever is there."""
    manifest = json.loads(files[MANIFEST])
    manifest["files"] = {
        name: f"sha256:{hashlib.sha256(data).hexdigest()}"
        for name, data in files.items()
        if name not in (MANIFEST, MANIFEST_NOTE)
    }
    raw = canonical(manifest)
    return zipped(files | {MANIFEST: raw, MANIFEST_NOTE: key.sign(manifest_text(key.name, raw)).encode()})


def failures(data: bytes, **options: str) -> set[str]:
    report = verify(data, **options)
    assert report.ok == all(check.ok for check in report.checks)
    assert all(check.detail and bool(check.code) != check.ok for check in report.checks)
    return {check.code for check in report.checks if not check.ok}


@pytest.fixture
def bundle(filled) -> bytes:
    return packed(filled)


@pytest.fixture
def key(filled) -> SigningKey:
    return filled.keys.of(ORIGIN)


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
    with reading(filled.path, AUTHORITY):
        filled._writer.execute("DELETE FROM parts WHERE record = ?", (erased,))
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


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "verify.unknown_format"),
        (b"hej", "verify.unknown_format"),
        (b"PK", "bundle.damaged"),
        (b"PK\x03\x04" + bytes(100), "bundle.damaged"),
        (zipped({}), "bundle.missing_file"),
        (zipped({"../../etc/passwd": b""}), "bundle.unsafe_path"),
        (zipped({"/etc/passwd": b""}), "bundle.unsafe_path"),
        (zipped({"parts\\..\\x.json": b""}), "bundle.unsafe_path"),
        (zipped({"virus.exe": b""}), "bundle.unexpected_file"),
        (zipped({"parts/": b""}), "bundle.unexpected_file"),
        (deflated({"leaves.jsonl": bytes(50_000_000)}), "bundle.too_large"),
        (b"{", "receipt.invalid"),
        (b"{}", "receipt.invalid"),
        (b'{"a":' * 100_000, "receipt.invalid"),
        (b'{"kind":"allmanning.receipt/v1","authority":1,"decision":"d","logs":[]}', "receipt.invalid"),
    ],
)
def test_what_is_neither_bundle_nor_receipt_says_so(data, code):
    assert failures(data) == {code}


def test_a_name_that_stands_twice_is_refused(bundle):
    buffer = io.BytesIO(bundle)
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("vkey", b"")
    assert failures(buffer.getvalue()) == {"bundle.duplicate_file"}


def test_an_extra_file_is_refused(bundle):
    files = unzipped(bundle)
    assert failures(zipped(files | {"parts/extra.json": b"{}"})) == {"files.changed", "parts.mismatch"}
    assert failures(zipped(files | {"extra.txt": b""})) == {"bundle.unexpected_file"}


def test_a_cut_off_zip_is_refused(bundle):
    for end in range(2, len(bundle), len(bundle) // 30):
        assert failures(bundle[:end]) == {"bundle.damaged"}


def test_a_flipped_byte_in_the_zip_itself_never_raises_nor_changes_content_unseen(bundle):
    files = unzipped(bundle)
    for at in range(2, len(bundle), 101):
        changed = bytearray(bundle)
        changed[at] ^= 0xFF
        if verify(bytes(changed)).ok:
            assert unzipped(bytes(changed)) == files


def test_a_missing_file_is_told(tmp_path):
    [check] = verify_file(tmp_path / "finns-inte").checks
    assert (check.ok, check.code) == (False, "verify.unreadable")


@pytest.fixture
def receipt(filled, producer) -> bytes:
    return prove(filled.path, filled.keys, AUTHORITY, producer.leaves[-1].decision)


def test_a_receipt_holds(receipt, filled, bundle):
    report = verify(
        receipt, vkey=str(filled.keys.of(ORIGIN).verifier), checkpoint=unzipped(bundle)["checkpoint"].decode()
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


def test_what_is_added_to_the_zip_or_packed_anew_is_seen(bundle):
    assert failures(bundle + b"A" * 100) == {"bundle.not_canonical"}
    assert failures(deflated(unzipped(bundle))) == {"bundle.not_canonical"}
    buffer = io.BytesIO(bundle)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"hej"
    assert failures(buffer.getvalue()) == {"bundle.not_canonical"}


def test_a_flipped_bit_anywhere_in_the_zip_fails(bundle):
    for at in range(0, len(bundle), max(1, len(bundle) // 400)):
        changed = bytearray(bundle)
        changed[at] ^= 1
        assert not verify(bytes(changed)).ok, at
