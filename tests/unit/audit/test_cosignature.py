from __future__ import annotations

import struct

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosignerKey, CosigningKey
from allmanning.audit.log.note import BadNote, Note, Signature, SigningKey, VerifierKey
from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.tree import leaf_hash
from allmanning.audit.log.vkey import COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44, Vkey

ORIGIN = origin_of("exempelby", "2026h2")
WITNESS = "vittne.example/v1"
ROOT = leaf_hash(b"")
TEXT = Checkpoint(ORIGIN, 1, ROOT).text()
ALGORITHMS = pytest.mark.parametrize("algorithm", [COSIGNATURE_ED25519, COSIGNATURE_ML_DSA_44])


@pytest.fixture
def log_key() -> SigningKey:
    return SigningKey.generate(ORIGIN)


def witness(algorithm: int, seed: int = 1) -> CosigningKey:
    return CosigningKey.from_seed(WITNESS, algorithm, bytes([seed]) * 32)


@ALGORITHMS
def test_a_cosignature_tells_when_the_checkpoint_was_seen(algorithm):
    key = witness(algorithm)
    cosigned = key.verifier.cosigned(TEXT, key.cosign(TEXT, 1_679_315_147).signature)
    assert cosigned.timestamp == 1_679_315_147


def test_the_ed25519_message_is_the_one_of_the_specification():
    private = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
    told = f"cosignature/v1\ntime 17\n{TEXT}".encode()
    expected = struct.pack(">Q", 17) + private.sign(told)
    assert witness(COSIGNATURE_ED25519).cosign(TEXT, 17).signature == expected


def test_the_ml_dsa_message_is_the_one_of_the_specification():
    message = b"".join(
        (
            b"subtree/v1\n\x00",
            bytes([len(WITNESS)]) + WITNESS.encode(),
            (17).to_bytes(8, "big"),
            bytes([len(ORIGIN)]) + ORIGIN.encode(),
            (0).to_bytes(8, "big"),
            (1).to_bytes(8, "big"),
            ROOT,
        )
    )
    private = MLDSA44PrivateKey.from_seed_bytes(b"\x01" * 32)
    signature = struct.pack(">Q", 17) + private.sign(message)
    assert witness(COSIGNATURE_ML_DSA_44).verifier.cosigned(TEXT, signature).timestamp == 17


@ALGORITHMS
def test_every_part_of_what_was_cosigned_counts(algorithm):
    key = witness(algorithm)
    signature = key.cosign(TEXT, 17).signature
    others = [
        Checkpoint(ORIGIN, 2, ROOT).text(),
        Checkpoint(ORIGIN, 1, leaf_hash(b"1")).text(),
        Checkpoint(ORIGIN + "x", 1, ROOT).text(),
    ]
    for text in others:
        with pytest.raises(BadNote):
            key.verifier.verify(text, signature)
    for at in (0, 7, 8, len(signature) - 1):
        flipped = bytearray(signature)
        flipped[at] ^= 1
        with pytest.raises(BadNote):
            key.verifier.verify(TEXT, bytes(flipped))
    for wrong in (signature[:-1], signature + b"\0", b""):
        with pytest.raises(BadNote, match="längd"):
            key.verifier.verify(TEXT, wrong)
    with pytest.raises(BadNote):
        witness(algorithm, seed=2).verifier.verify(TEXT, signature)


@ALGORITHMS
def test_a_cosigners_key_reads_back_from_its_text(algorithm):
    key = witness(algorithm).verifier
    assert CosignerKey.parse(str(key)) == key
    with pytest.raises(BadNote):
        VerifierKey.parse(str(key))


def test_a_logs_key_is_no_cosigners(log_key):
    with pytest.raises(BadNote, match="vittnes"):
        CosignerKey.parse(str(log_key.verifier))


@ALGORITHMS
def test_a_note_carries_the_log_and_its_witnesses(log_key, algorithm):
    key = witness(algorithm)
    note = Note.parse(Checkpoint(ORIGIN, 1, ROOT).sign(log_key)).with_signatures([key.cosign(TEXT, 17)])
    again = Note.parse(str(note))
    assert again == note
    assert again.signers([log_key.verifier]) == [log_key.verifier]
    assert again.signers([key.verifier]) == [key.verifier]
    assert Checkpoint.open(str(note), log_key.verifier).size == 1


def test_a_new_signature_takes_the_place_of_the_same_keys_old_one(log_key):
    key = witness(COSIGNATURE_ED25519)
    note = Note.parse(Checkpoint(ORIGIN, 1, ROOT).sign(log_key))
    note = note.with_signatures([key.cosign(TEXT, 17)]).with_signatures([key.cosign(TEXT, 18)])
    assert [each.name for each in note.signatures] == [ORIGIN, WITNESS]
    assert key.verifier.cosigned(note.text, note.signatures[1].signature).timestamp == 18


def test_a_wrong_signature_under_a_known_key_spoils_the_note_and_under_an_unknown_one_does_not(log_key):
    key = witness(COSIGNATURE_ED25519)
    forged = key.cosign(TEXT, 17)._replace(signature=bytes(72))
    note = Note.parse(Checkpoint(ORIGIN, 1, ROOT).sign(log_key)).with_signatures([forged])
    assert note.signers([log_key.verifier]) == [log_key.verifier]
    with pytest.raises(BadNote):
        note.signers([log_key.verifier, key.verifier])


def test_the_same_name_with_another_id_and_the_same_id_under_another_name_are_unknown_keys(log_key):
    key = witness(COSIGNATURE_ED25519)
    other_id = Signature(WITNESS, b"\0\0\0\0", bytes(72))
    other_name = Signature("annan.example", key.verifier.vkey.key_id, bytes(72))
    note = Note.parse(Checkpoint(ORIGIN, 1, ROOT).sign(log_key)).with_signatures([other_id, other_name])
    assert Note.parse(str(note)).signers([key.verifier]) == []


def test_sixteen_and_more_signatures_are_accepted(log_key):
    signatures = [
        CosigningKey.from_seed(f"vittne.example/{n}", COSIGNATURE_ML_DSA_44, bytes([n]) * 32).cosign(TEXT, n)
        for n in range(1, 17)
    ]
    note = Note.parse(Checkpoint(ORIGIN, 1, ROOT).sign(log_key)).with_signatures(signatures)
    assert len(Note.parse(str(note)).signatures) == 17


LINE = str(Signature(WITNESS, b"\0\0\0\1", b"x"))


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text",
        "text\n",
        "text\n\n",
        f"text\n{LINE}",
        f"text\n\n{LINE}\n",
        f"text\n\n{LINE.rstrip()}",
        f"text\n\n{LINE}trailing\n",
        f"text\n\n{LINE.replace('—', '-')}",
        f"text\n\n{LINE.replace('— ', '—')}",
        f"text\n\n{LINE.replace(WITNESS, 'a+b')}",
        "text\n\n" + LINE.replace(WITNESS, "a\u2003b"),
        f"text\n\n{LINE.replace(WITNESS, '')}",
        f"text\r\n\n{LINE}",
        f"te\txt\n\n{LINE}",
        f"text\n\n— {WITNESS} AAAAAQ==\n",
        f"text\n\n— {WITNESS} AAAAAXg\n",
        f"text\ud800\n\n{LINE}",
        f"text\n\n{LINE * 5000}",
    ],
)
def test_what_is_not_a_note_is_refused(note):
    with pytest.raises(BadNote):
        Note.parse(note)


def test_empty_lines_belong_to_the_text_and_the_last_one_parts_it_from_the_signatures():
    note = Note.parse(f"första\n\nandra\n\n\n{LINE}")
    assert note.text == "första\n\nandra\n\n"


def test_extension_lines_are_read_and_empty_ones_refused():
    text = TEXT + "mer\n"
    assert Checkpoint.parse(text).extensions == ("mer",)
    assert Checkpoint.parse(text).text() == text
    for wrong in (TEXT + "\n", TEXT + "\nmer\n", TEXT + "mer"):
        with pytest.raises(BadNote):
            Checkpoint.parse(wrong)


@pytest.mark.parametrize("size", ["", "01", "-1", "+1", " 1", "1e3", "²", "9223372036854775808", "1" * 400])
def test_a_size_is_written_in_one_way_only(size):
    with pytest.raises(BadNote):
        Checkpoint.parse(TEXT.replace("\n1\n", f"\n{size}\n"))


@pytest.mark.parametrize("name", ["", "a b", "a\u00a0b", "a\nb"])
def test_a_key_can_not_have_a_name_that_a_note_could_not_carry(name):
    with pytest.raises(BadNote):
        Vkey.parse(str(Vkey(name, COSIGNATURE_ED25519, bytes(32))))


def test_the_same_key_has_another_id_as_a_log_and_as_a_witness():
    material = witness(COSIGNATURE_ED25519).verifier.vkey.material
    assert Vkey(WITNESS, 1, material).key_id != Vkey(WITNESS, 4, material).key_id
