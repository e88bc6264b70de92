"""Whatever is changed in a bundle is found, and the message names the part that was changed."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allmanning.audit.export.bundle import Chosen
from allmanning.audit.export.layout import MANIFEST, MANIFEST_NOTE
from allmanning.audit.export.manifest import Scope
from allmanning.audit.export.zipped import zipped
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.log.store import Store
from allmanning.audit.verify import verify
from tests.unit.audit.bundles import failures, first, packed, unzipped
from tests.unit.audit.producer import AUTHORITY, Producer, put

# What a change of a file must be called, besides that the file has changed.
PARTS_OF_A_BUNDLE = {
    "README.txt": "files.changed",
    "VERIFY.html": "files.changed",
    "pins/": "pins.mismatch",
    "logs/2026h2/checkpoint": "checkpoint.invalid",
    "logs/2026h2/vkey": "checkpoint.invalid",
    "logs/2026h1/checkpoint": "checkpoint.invalid",
    "logs/2026h2/leaves/": "root.mismatch",
    "logs/2026h1/leaves/": "root.mismatch",
    "logs/2026h2/parts/": "parts.mismatch",
    MANIFEST: "manifest.invalid",
    MANIFEST_NOTE: "manifest.invalid",
}
BITS = (0, 5, 7)
EXCERPT = {"proofs/": "receipt.invalid", "parts/": "parts.mismatch"}


@pytest.fixture
def excerpt(filled, producer) -> bytes:
    decisions = (producer.leaves[0].decision, producer.leaves[-1].decision)
    return packed(filled, Chosen(Scope("decisions", decisions=decisions)))


def places(data: bytes) -> list[int]:
    """Every place in a short file, and of a longer one its ends and a sample that is the same each time."""
    if len(data) <= 200:
        return list(range(len(data)))
    return sorted({0, 1, len(data) // 2, len(data) - 2, len(data) - 1, *random.Random(7).sample(range(len(data)), 40)})


def flipped(data: bytes, at: int, bit: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


def test_a_flipped_bit_in_any_file_is_found_and_named(bundle):
    files = unzipped(bundle)
    assert {name for name in files if not any(name.startswith(each) for each in PARTS_OF_A_BUNDLE)} <= {
        "logs/2026h1/vkey",
        "logs/2026h1/parts/000000-000.jsonl",
    }
    for start, code in PARTS_OF_A_BUNDLE.items():
        name = first(files, start)
        for at in places(files[name]):
            found = failures(zipped(files | {name: flipped(files[name], at, BITS[at % len(BITS)])}))
            assert code in found or (name.endswith("vkey") and found), (name, at, found)


def test_a_flipped_bit_in_an_excerpt_is_found_and_named(excerpt):
    files = unzipped(excerpt)
    for start, code in EXCERPT.items():
        name = first(files, start)
        for at in places(files[name]):
            found = failures(zipped(files | {name: flipped(files[name], at, BITS[at % len(BITS)])}))
            assert {code, "files.changed"} <= found, (name, at, found)


def test_the_message_names_the_file(bundle):
    files = unzipped(bundle)
    for name in files:
        if name not in (MANIFEST, MANIFEST_NOTE):
            report = verify(zipped(files | {name: files[name][:-1]}))
            assert any(name in check.detail for check in report.checks if not check.ok), name


@pytest.mark.parametrize("which", ["bundle", "excerpt"])
def test_a_removed_an_added_and_a_cut_file_are_found(which, request):
    files = unzipped(request.getfixturevalue(which))
    for name in files:
        without = {other: data for other, data in files.items() if other != name}
        assert failures(zipped(without)) & {"bundle.missing_file", "files.changed"}, name
        assert failures(zipped(files | {name: files[name][: len(files[name]) // 2]})), name
        assert failures(zipped(files | {name: b""})), name
    for extra in ("pins/" + "0" * 64, "policy", "parts/x.jsonl", "proofs/x.json", "logs/2026h2/leaves/000001.jsonl"):
        assert "files.changed" in failures(zipped(files | {extra: b""})), extra


def test_swapped_files_are_found(bundle):
    files = unzipped(bundle)
    for one, two in (("checkpoint", "checkpoint"), ("vkey", "vkey"), ("leaves/000000.jsonl", "leaves/000000.jsonl")):
        first_name, second_name = f"logs/2026h1/{one}", f"logs/2026h2/{two}"
        assert failures(zipped(files | {first_name: files[second_name], second_name: files[first_name]}))


def test_a_flipped_byte_anywhere_in_the_zip_fails(bundle):
    for at in {*range(0, len(bundle), 499), *range(len(bundle) - 1200, len(bundle), 7), *range(30)}:
        assert not verify(flipped(bundle, at, 3)).ok, at


def test_a_bundle_of_another_authority_does_not_pass_for_this_one(bundle, tmp_path, gate, filled):
    other = Producer(authority="annanby")
    store = Store(tmp_path / "other")
    store.open()
    other.decide(gate)
    put(store, other.leaves, len(other.leaves))
    store.keep(other.parts, [StoredPin("annanby", gate.baseline.hash, "rules", gate.baseline.pinned)])
    data = packed(store, authority="annanby")
    store.close()
    theirs, ours = unzipped(data), unzipped(bundle)
    assert verify(data).ok
    key = str(filled.keys.of(f"audit.{AUTHORITY}.allmanning/2026h2").verifier)
    assert failures(data, vkey=key) == {"vkey.mismatch"}
    for name in theirs:
        if name in ours and theirs[name] != ours[name]:
            assert failures(zipped(ours | {name: theirs[name]})), name


# The machines that run this are shared: how long a draw takes says nothing.
ANY_PACE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


class TestNeverATraceback:
    """Whatever the file, the verifier ends with a report that says that not all is well."""

    @settings(ANY_PACE)
    @given(st.binary(max_size=400))
    def test_on_any_bytes(self, data):
        assert verify(data).exit_code
        assert verify(b"PK\x03\x04" + data).exit_code

    @settings(ANY_PACE, max_examples=60)
    @given(data=st.data())
    def test_on_a_bundle_with_any_file_replaced(self, bundle, data):
        files = unzipped(bundle)
        name = data.draw(st.sampled_from(sorted(files)))
        old = files[name]
        start = data.draw(st.integers(0, len(old)))
        end = data.draw(st.integers(start, len(old)))
        changed = old[:start] + data.draw(st.binary(max_size=60)) + old[end:]
        report = verify(zipped(files | {name: changed}))
        assert report.ok == (changed == old)
        assert report.as_dict()

    @settings(ANY_PACE, max_examples=60)
    @given(data=st.data())
    def test_on_any_damage_to_the_zip(self, bundle, data):
        start = data.draw(st.integers(0, len(bundle)))
        end = data.draw(st.integers(start, min(len(bundle), start + 2000)))
        changed = bundle[:start] + data.draw(st.binary(max_size=60)) + bundle[end:]
        assert verify(changed).ok == (changed == bundle)

    @settings(ANY_PACE)
    @given(
        st.dictionaries(
            st.sampled_from(["manifest.json", "manifest.note", "logs/2026h2/checkpoint", "logs/2026h2/vkey", "policy"]),
            st.one_of(st.binary(max_size=80), st.text(max_size=80).map(lambda text: text.encode(errors="replace"))),
        )
    )
    def test_on_a_zip_of_anything(self, files):
        assert verify(zipped(files)).exit_code

    def test_on_names_that_a_bundle_does_not_have(self):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a" * 60_000, b"")
        assert failures(buffer.getvalue()) == {"bundle.unexpected_file"}
