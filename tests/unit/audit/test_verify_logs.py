"""Logs that follow on each other, and witnesses that have seen them, in a bundle."""

from __future__ import annotations

import os

import pytest

from allmanning.audit.export.bundle import Chosen
from allmanning.audit.export.certificate import StreamState, certify
from allmanning.audit.export.manifest import LogRange, Scope
from allmanning.audit.export.packer import Packer
from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.cosignature import CosigningKey
from allmanning.audit.log.note import Note, SigningKey
from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.succession import PERIOD_OVER, Sealed
from allmanning.audit.log.vkey import COSIGNATURE_ED25519
from allmanning.audit.publication.source import Witnessed, keep_witnessed
from allmanning.audit.verify import verify
from tests.unit.audit.bundles import ORIGIN, failures, packed, resigned, unzipped
from tests.unit.audit.producer import AUTHORITY, Producer, put

NEXT = origin_of(AUTHORITY, "2027h1")
CHECKPOINT = "logs/2026h2/checkpoint"


@pytest.fixture
def sealed(filled, producer, gate):
    """The second half-year is over, and its log is followed by another."""
    seal = Sealed(ORIGIN, PERIOD_OVER, NEXT, (str(filled.keys.ensure(NEXT).verifier),))
    sealer = Producer(name="audit-1")
    sealer.record("log.sealed", "log.2026h2", time="2027-01-01T01:00:00.000Z", **seal.fields())
    put(filled, sealer.leaves, 16)
    producer.decide(gate, time="2026-12-31T23:59:59.000Z")
    put(filled, producer.leaves[15:], 21)
    filled.keep(producer.parts, [])
    return filled


def test_a_log_that_is_sealed_hands_over_to_the_next(sealed):
    report = verify(packed(sealed))
    assert report.ok, [check for check in report.checks if not check.ok]
    assert [check.detail for check in report.checks if check.name == "handover"] == [
        "3 loggar; var och en börjar där den förra slutade."
    ]


def test_a_log_that_goes_on_elsewhere_is_seen(sealed):
    """An operator who holds every key can't pass off another next log."""
    files, key = unzipped(packed(sealed)), sealed.keys.of(NEXT)
    lines = files["logs/2027h1/leaves/000000.jsonl"].splitlines(keepends=True)
    opening = next(line for line in lines if b"log.opened" in line)
    forged = opening.replace(b'"size":11', b'"size":10')
    assert forged != opening
    files["logs/2027h1/leaves/000000.jsonl"] = b"".join(forged if line == opening else line for line in lines)
    assert "handover.broken" in failures(resigned(files, key))


def autumn(store) -> bytes:
    """A bundle of one log only."""
    return packed(store, Chosen(Scope("period", "2026-07-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z")))


def policy_of(*keys: CosigningKey, needed: str) -> bytes:
    lines = [f"witness {key.name} {key.verifier}" for key in keys]
    return "\n".join([*lines, f"group alla {needed} {' '.join(key.name for key in keys)}", "quorum alla", ""]).encode()


def cosigned(files: dict[str, bytes], *keys: CosigningKey) -> dict[str, bytes]:
    note = Note.parse(files[CHECKPOINT].decode())
    return files | {
        CHECKPOINT: str(note.with_signatures(key.cosign(note.text, 1_790_000_000) for key in keys)).encode()
    }


@pytest.fixture
def witnesses() -> list[CosigningKey]:
    return [CosigningKey.from_seed(f"vittne-{name}", COSIGNATURE_ED25519, os.urandom(32)) for name in "abc"]


def test_enough_witnesses_are_enough_and_too_few_are_not(filled, witnesses):
    first, second, third = witnesses
    data, key = autumn(filled), filled.keys.of(ORIGIN)
    files = unzipped(data)
    policy = policy_of(*witnesses, needed="2").decode()
    assert failures(data, policy=policy) == {"witnesses.quorum"}
    assert failures(resigned(cosigned(files, first), key), policy=policy) == {"witnesses.quorum"}
    assert verify(resigned(cosigned(files, first, third), key), policy=policy).ok
    # The bundle's own policy counts when the auditor brings none.
    own = files | {"policy": policy.encode()}
    assert failures(resigned(own, key)) == {"witnesses.quorum"}
    assert verify(resigned(cosigned(own, second, third), key)).ok


def test_a_cosignature_of_something_else_is_seen(filled, witnesses):
    files, key = unzipped(autumn(filled)), filled.keys.of(ORIGIN)
    note = Note.parse(files[CHECKPOINT].decode())
    other = note.text.replace("\n10\n", "\n9\n")
    forged = note.with_signatures([witnesses[0].cosign(other, 1_790_000_000)])
    policy = policy_of(witnesses[0], needed="all").decode()
    assert failures(resigned(files | {CHECKPOINT: str(forged).encode()}, key), policy=policy) == {"witnesses.invalid"}


def test_a_policy_that_can_not_be_read_is_told(filled):
    assert failures(packed(filled), policy="skräp") == {"policy.invalid"}


def test_a_log_writer_refuses_to_end_short(tmp_path):
    key = SigningKey.generate(ORIGIN)
    with (tmp_path / "x.zip").open("wb") as sink:
        writer = Packer(sink, AUTHORITY, Scope(), None).log(LogRange(ORIGIN, "2026h2", 0, 2, (), ()), "", key.verifier)
        writer.leaf(b"{}")
        with pytest.raises(ValueError, match="1 leaves"):
            writer.close()


def test_a_checkpoint_that_witnesses_saw_is_a_beginning_of_the_log(filled, producer, gate, witnesses):
    """Witnesses lag: what they cosigned goes into the bundle beside the newest checkpoint."""
    seen = Note.parse(unzipped(autumn(filled))[CHECKPOINT].decode())
    note = str(seen.with_signatures([witnesses[0].cosign(seen.text, 1_790_000_000)]))
    producer.decide(gate)
    put(filled, producer.leaves[15:], 20)
    filled.keep(producer.parts, [])
    with filled.database.transaction() as connection:
        keep_witnessed(connection, ORIGIN, Witnessed(10, note))
    policy = policy_of(witnesses[0], needed="all")
    period = Scope("period", "2026-07-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z")
    data = packed(filled, Chosen(period, policy=policy))
    report = verify(data)
    assert report.ok, [check for check in report.checks if not check.ok]
    assert "de första 10 posterna (vittne-a" in next(each.detail for each in report.checks if each.name == "witnesses")
    key = filled.keys.of(ORIGIN)
    forked = Checkpoint(ORIGIN, 10, bytes(32)).sign(key).encode()
    assert "witnesses.forked" in failures(resigned(unzipped(data) | {"logs/2026h2/witnessed": forked}, key))
    with filled.reading(AUTHORITY) as reading:
        certificate = certify(reading, filled.keys, period, StreamState(20, 0), "2026-11-27T10:00:00.000Z", policy)
    assert verify(certificate).ok
