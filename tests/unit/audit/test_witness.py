from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import BadNote, Note, SigningKey
from allmanning.audit.log.tree import EMPTY_ROOT, MemoryNodes, Tree, leaf_hash
from allmanning.audit.witness.app import create_app
from allmanning.audit.witness.keys import make_keys, read_keys
from allmanning.audit.witness.refusal import NotConsistent, SeenMore
from allmanning.audit.witness.request import AddCheckpoint
from allmanning.audit.witness.state import State
from allmanning.audit.witness.witness import Witness
from allmanning.runtime.errors import Conflict, NotFound

ORIGIN = "audit.exempelby.allmanning/2026h2"
NOW = 1_790_000_000


class GrowingLog:
    """A log that signs any size it is asked for."""

    def __init__(self, count: int = 20, first: bytes = b"0", origin: str = ORIGIN) -> None:
        self.key = SigningKey.generate(origin)
        self.origin = origin
        self.tree = Tree(MemoryNodes())
        for number in range(count):
            self.tree.append(leaf_hash(first if number == 0 else str(number).encode()))

    def note(self, size: int) -> str:
        return Checkpoint(self.origin, size, self.tree.root(size)).sign(self.key)

    def asked(self, old: int, size: int) -> bytes:
        return bytes(AddCheckpoint(old, self.tree.consistency(old, size) if old else [], self.note(size)))


@pytest.fixture
def log() -> GrowingLog:
    return GrowingLog()


@pytest.fixture
def state(tmp_path: Path, log: GrowingLog) -> State:
    state = State(tmp_path / "witness" / "witness.db")
    state.trust(str(log.key.verifier))
    return state


@pytest.fixture
def witness(tmp_path: Path, state: State) -> Witness:
    return Witness(make_keys(tmp_path / "witness" / "witness.key", "vittne.example"), state, lambda: NOW)


@pytest.fixture
def client(witness: Witness) -> TestClient:
    return TestClient(create_app(witness), raise_server_exceptions=False)


def test_a_log_that_grows_is_cosigned_with_every_key_of_the_witness(client, log, tmp_path):
    for old, size in ((0, 3), (3, 4), (4, 4), (4, 16), (16, 20)):
        answer = client.post("/add-checkpoint", content=log.asked(old, size))
        assert answer.status_code == 200
        note = Note.parse(log.note(size) + answer.text)
        keys = [key.verifier for key in read_keys(tmp_path / "witness" / "witness.key")]
        assert note.signers(keys) == keys
        assert [keys[0].cosigned(note.text, note.signatures[1].signature).timestamp] == [NOW]


def test_what_a_witness_has_seen_can_be_read_with_the_logs_and_its_own_signatures(client, log, tmp_path):
    place = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert client.get(place).status_code == 404
    stranger = SigningKey.generate("okänd.example").sign("text\n").splitlines()[-1]
    client.post("/add-checkpoint", content=log.asked(0, 3) + stranger.encode() + b"\n")
    note = Note.parse(client.get(place).text)
    keys = [key.verifier for key in read_keys(tmp_path / "witness" / "witness.key")]
    assert note.signers([log.key.verifier])
    assert note.signers(keys) == keys
    assert len(note.signatures) == 3
    assert client.get(f"/{'0' * 64}/checkpoint").status_code == 404


def test_an_unknown_log_is_404(client):
    assert client.post("/add-checkpoint", content=GrowingLog(origin="annan.example").asked(0, 3)).status_code == 404


def test_a_log_that_is_not_signed_by_its_known_key_is_403(client, log):
    assert client.post("/add-checkpoint", content=GrowingLog().asked(0, 3)).status_code == 403
    forged = Note.parse(log.note(3))
    forged = Note(forged.text, (forged.signatures[0]._replace(signature=bytes(64)),))
    assert client.post("/add-checkpoint", content=f"old 0\n\n{forged}").status_code == 403
    both = Note.parse(log.note(3))
    both = Note(both.text, (both.signatures[0]._replace(signature=bytes(64)), *both.signatures))
    assert client.post("/add-checkpoint", content=f"old 0\n\n{both}").status_code == 403


def test_a_proof_from_another_size_is_409_and_says_the_size(client, log):
    client.post("/add-checkpoint", content=log.asked(0, 5))
    for old, size in ((0, 7), (3, 7), (6, 7), (0, 0), (0, 5)):
        answer = client.post("/add-checkpoint", content=log.asked(old, size))
        assert (answer.status_code, answer.text) == (409, "5\n")
        assert answer.headers["content-type"] == "text/x.tlog.size"


def test_a_log_can_not_go_back(client, log, state):
    client.post("/add-checkpoint", content=log.asked(0, 5))
    assert client.post("/add-checkpoint", content=log.asked(5, 5)).status_code == 200
    assert client.post("/add-checkpoint", content=f"old 5\n\n{log.note(4)}".encode()).status_code == 400
    assert state.seen(ORIGIN).size == 5


def test_a_fork_is_422_is_kept_as_evidence_and_moves_nothing(client, log, state):
    client.post("/add-checkpoint", content=log.asked(0, 5))
    fork = GrowingLog(first=b"annan")
    fork.key = log.key
    asked = [
        fork.asked(5, 9),
        fork.asked(5, 5),
        bytes(AddCheckpoint(5, log.tree.consistency(5, 9)[:-1], log.note(9))),
        bytes(AddCheckpoint(5, [], log.note(9))),
        bytes(AddCheckpoint(5, [leaf_hash(b"")], log.note(5))),
    ]
    for each in asked:
        assert client.post("/add-checkpoint", content=each).status_code == 422
    assert state.seen(ORIGIN).size == 5
    assert fork.note(9) in state.refused(ORIGIN)
    assert fork.note(5) in state.refused(ORIGIN)
    assert client.post("/add-checkpoint", content=log.asked(5, 9)).status_code == 200


def test_an_empty_log_has_one_root_only(client, log):
    wrong = Checkpoint(ORIGIN, 0, leaf_hash(b"")).sign(log.key)
    assert client.post("/add-checkpoint", content=f"old 0\n\n{wrong}".encode()).status_code == 422
    right = Checkpoint(ORIGIN, 0, EMPTY_ROOT).sign(log.key)
    assert client.post("/add-checkpoint", content=f"old 0\n\n{right}".encode()).status_code == 200
    assert client.post("/add-checkpoint", content=log.asked(0, 2)).status_code == 200


def test_a_proof_from_nothing_is_422(client, log):
    asked = bytes(AddCheckpoint(0, [leaf_hash(b"")], log.note(2)))
    assert client.post("/add-checkpoint", content=asked).status_code == 422


HASH = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "head", ["", "old\n", "old -1\n", "old 01\n", "old x\n", "Old 0\n", "old 0\nAAAA\n", f"old 0\n{HASH[:-1]}\n"]
)
def test_what_is_no_request_is_400(client, log, head):
    assert client.post("/add-checkpoint", content=f"{head}\n{log.note(2)}".encode()).status_code == 400


def test_too_many_hashes_too_many_bytes_and_no_checkpoint_are_400(client, log):
    for body in (
        f"old 1\n{(HASH + chr(10)) * 64}\n{log.note(2)}".encode(),
        b"old 0\n\n" + b"x" * 300_000,
        b"old 0\n\n\xff\n",
        f"old 0\n\n{SigningKey.generate(ORIGIN).sign('text' + chr(10))}".encode(),
        f"old 0\n{log.note(2)}".encode(),
    ):
        assert client.post("/add-checkpoint", content=body).status_code == 400
    assert client.get("/add-checkpoint").status_code == 405


def test_sixty_three_hashes_are_read():
    assert len(AddCheckpoint.parse(f"old 1\n{(HASH + chr(10)) * 63}\nx".encode()).proof) == 63


def test_what_was_cosigned_is_remembered_by_the_next_process(tmp_path, witness, log):
    witness.add_checkpoint(log.asked(0, 5))
    again = Witness(read_keys(tmp_path / "witness" / "witness.key"), State(tmp_path / "witness" / "witness.db"))
    with pytest.raises(SeenMore) as caught:
        again.add_checkpoint(log.asked(0, 7))
    assert caught.value.size == 5


def test_requests_at_once_never_move_it_back(witness, log, state):
    witness.add_checkpoint(log.asked(0, 1))
    cosigned: list[int] = []
    too_late: list[int] = []

    def ask(size: int) -> None:
        try:
            witness.add_checkpoint(log.asked(1, size))
            cosigned.append(size)
        except SeenMore as error:
            too_late.append(error.size)

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(2, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cosigned == [state.seen(ORIGIN).size]
    assert too_late == cosigned * 17


def test_a_cosignature_that_could_not_be_remembered_is_not_given(witness, log, state, monkeypatch):
    class Broken(Exception):
        pass

    def fail(*_: object) -> None:
        raise Broken

    monkeypatch.setattr("allmanning.audit.witness.state.Advancing.to", fail)
    with pytest.raises(Broken):
        witness.add_checkpoint(log.asked(0, 5))
    assert state.seen(ORIGIN).size == 0


def test_a_log_may_have_several_keys_while_it_changes_them(witness, log, state):
    second = SigningKey.generate(ORIGIN)
    state.trust(str(second.verifier))
    assert witness.add_checkpoint(log.asked(0, 5))
    log.key = second
    assert witness.add_checkpoint(log.asked(5, 6))


def test_an_origin_of_its_own_goes_before_the_keys_name(witness, state):
    log = GrowingLog(origin="annan.example/logg")
    assert (
        state.trust(str(SigningKey(name="nyckel.example", private=log.key.private).verifier), log.origin) == log.origin
    )
    signed = SigningKey("nyckel.example", log.key.private).sign(Checkpoint(log.origin, 3, log.tree.root(3)).text())
    assert witness.add_checkpoint(f"old 0\n\n{signed}".encode())


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path):
    path = tmp_path / "new" / "witness.key"
    made = make_keys(path, "vittne.example")
    assert [str(key.verifier) for key in read_keys(path)] == [str(key.verifier) for key in made]
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(Conflict, match=r"witness\.has_keys"):
        make_keys(path, "vittne.example")
    with pytest.raises(BadNote):
        make_keys(tmp_path / "other.key", "ett vittne")


@pytest.mark.parametrize(
    "content", [None, "", "{}", '{"name": "x"}', '{"name": "x", "ed25519": "00", "ml-dsa-44": "00"}']
)
def test_damaged_keys_are_not_replaced(tmp_path, content):
    path = tmp_path / "witness.key"
    if content is not None:
        path.write_text(content)
    with pytest.raises(NotFound, match=r"witness\.no_keys"):
        read_keys(path)


def test_a_fork_reaches_whoever_calls_the_witness_itself(witness, log):
    witness.add_checkpoint(log.asked(0, 5))
    fork = GrowingLog(first=b"annan")
    fork.key = log.key
    with pytest.raises(NotConsistent):
        witness.add_checkpoint(fork.asked(5, 9))
