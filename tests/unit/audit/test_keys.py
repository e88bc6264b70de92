from __future__ import annotations

import threading

import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosignerKey
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.note import Note, VerifierKey
from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.refusal import SigningRefused
from allmanning.audit.log.tree import leaf_hash

ORIGIN = origin_of("exempelby", "2026h2")
CHECKPOINT = Checkpoint(ORIGIN, 1, leaf_hash(b""))


def test_a_log_signs_with_one_key_unless_it_is_told_to_use_two(tmp_path):
    keys = Keys(tmp_path)
    keys.ensure(ORIGIN)
    [vkey] = keys.vkeys(ORIGIN)
    note = Note.parse(keys.sign(CHECKPOINT))
    assert len(note.signatures) == 1
    assert note.signers([VerifierKey.parse(vkey)])


def test_the_second_signature_is_ml_dsa_44_and_is_checked_with_its_own_vkey(tmp_path):
    Keys(tmp_path).ensure(ORIGIN)
    keys = Keys(tmp_path, ml_dsa=True)
    first, second = keys.vkeys(ORIGIN)
    text = keys.sign(CHECKPOINT)
    note = Note.parse(text)
    assert [each.name for each in note.signatures] == [ORIGIN, ORIGIN]
    assert note.signers([VerifierKey.parse(first)])
    assert note.signers([CosignerKey.parse(second)])
    assert Checkpoint.open(text, VerifierKey.parse(first)) == CHECKPOINT
    assert Keys(tmp_path, ml_dsa=True).vkeys(ORIGIN) == [first, second]
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_keys_that_are_made_at_once_are_one(tmp_path):
    keys, found = Keys(tmp_path, ml_dsa=True), []
    threads = [threading.Thread(target=lambda: found.append(keys.ensure(ORIGIN).verifier)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({str(each) for each in found}) == 1
    assert str(Keys(tmp_path).of(ORIGIN).verifier) == str(found[0])


@pytest.mark.parametrize("content", ["", "nyckel", "AAAA"])
def test_a_damaged_key_is_not_replaced(tmp_path, content):
    keys = Keys(tmp_path)
    (tmp_path / f"{ORIGIN.replace('/', '-')}.key").write_text(content)
    with pytest.raises(SigningRefused, match=r"audit\.key_missing"):
        keys.ensure(ORIGIN)
