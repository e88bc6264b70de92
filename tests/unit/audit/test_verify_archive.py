"""A ZIP or a receipt that anybody may have made."""

import io
import zipfile

import pytest

from allmanning.audit.export.zipped import zipped
from allmanning.audit.verify import verify_file
from tests.unit.audit.bundles import deflated, failures, unzipped


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
        (deflated({"pins/" + "0" * 64: bytes(50_000_000)}), "bundle.too_large"),
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
        archive.writestr("manifest.note", b"")
    assert failures(buffer.getvalue()) == {"bundle.duplicate_file"}


def test_an_extra_file_is_refused(bundle):
    files = unzipped(bundle)
    assert failures(zipped(files | {"parts/extra.jsonl": b""})) == {"files.changed"}
    assert failures(zipped(files | {"extra.txt": b""})) == {"bundle.unexpected_file"}


def test_a_cut_off_zip_is_refused(bundle):
    for end in range(2, len(bundle), len(bundle) // 30):
        assert failures(bundle[:end]) == {"bundle.damaged"}


def test_a_missing_file_is_told(tmp_path):
    [check] = verify_file(tmp_path / "finns-inte").checks
    assert (check.ok, check.code) == (False, "verify.unreadable")


def test_what_is_added_to_the_zip_or_packed_anew_is_seen(bundle):
    assert failures(bundle + b"A" * 100) == {"bundle.not_canonical"}
    assert failures(deflated(unzipped(bundle))) == {"bundle.not_canonical"}
    buffer = io.BytesIO(bundle)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"hej"
    assert failures(buffer.getvalue()) == {"bundle.not_canonical"}
