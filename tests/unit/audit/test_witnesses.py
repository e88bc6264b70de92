from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from allmanning.audit.log.checkpoint import Checkpoint
from allmanning.audit.log.note import Note
from allmanning.audit.log.policy import Policy
from allmanning.audit.log.store import Store
from allmanning.audit.publication.source import witnessed_of
from allmanning.audit.publication.standing import Problem
from allmanning.audit.publication.witnesses import Witnesses
from allmanning.audit.witness.keys import read_keys
from tests.unit.audit.producer import Producer, put
from tests.unit.audit.published import ORIGIN, Neighbours, follower, grow, publisher, shown


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "tiles"


@pytest.fixture
def neighbours(tmp_path: Path, store: Store, producer: Producer) -> Neighbours:
    grow(store, producer, 3)
    neighbours = Neighbours(tmp_path / "neighbours", "grannby", "storby", "revision")
    for name in neighbours.names:
        neighbours.state(name).trust(str(store.keys.of(ORIGIN).verifier))
    return neighbours


async def test_the_shown_checkpoint_carries_the_witnesses(store, producer, root, neighbours):
    public = publisher(store, root, neighbours.witnesses())
    for size in (3, 10):
        await public.round()
        judged = neighbours.policy().judge(shown(root), [store.keys.of(ORIGIN).verifier])
        assert (judged.checkpoint.size, set(judged.witnesses), judged.quorum) == (size, set(neighbours.names), True)
        with store.database.snapshot() as connection:
            assert witnessed_of(connection, ORIGIN) == (size, shown(root))
        grow(store, producer, 7)
    assert follower(store, root).follow() == 10


async def test_the_log_goes_on_without_its_witnesses_and_says_so(store, producer, root, neighbours, caplog):
    witnesses = neighbours.witnesses("2")
    public = publisher(store, root, witnesses)
    await public.round()
    neighbours.away = {"grannby", "storby"}
    grow(store, producer, 7)
    await public.round()
    judged = neighbours.policy("2").judge(shown(root), [store.keys.of(ORIGIN).verifier])
    assert (judged.checkpoint.size, set(judged.witnesses), judged.quorum) == (10, {"revision"}, False)
    problems = {each.witness: (each.size, each.problem) for each in witnesses.standings(ORIGIN)}
    assert problems == {
        "grannby": (3, Problem.UNREACHABLE),
        "storby": (3, Problem.UNREACHABLE),
        "revision": (10, Problem.NONE),
    }
    with store.database.snapshot() as connection:
        assert witnessed_of(connection, ORIGIN).size == 3
    assert "no quorum of witnesses" in caplog.text
    assert "grannby, storby" in caplog.text


def retry_now(witnesses: Witnesses) -> None:
    for each in witnesses.standings(ORIGIN):
        each._retry_at = 0.0


async def test_cosignatures_that_come_late_are_added(store, root, neighbours):
    witnesses = neighbours.witnesses()
    public = publisher(store, root, witnesses)
    neighbours.away = {"storby"}
    await public.round()
    neighbours.away = set()
    retry_now(witnesses)
    await public.round()
    assert neighbours.policy().judge(shown(root), [store.keys.of(ORIGIN).verifier]).quorum
    assert [each.problem for each in witnesses.standings(ORIGIN)] == [Problem.NONE] * 3


async def test_after_a_restart_each_witness_says_where_it_stands(store, producer, root, neighbours):
    await publisher(store, root, neighbours.witnesses()).round()
    grow(store, producer, 7)
    await publisher(store, root, neighbours.witnesses()).round()
    assert neighbours.policy().judge(shown(root), [store.keys.of(ORIGIN).verifier]).quorum


async def test_a_witness_that_is_away_is_not_asked_at_once_again(store, root, neighbours, monkeypatch):
    asked: list[str] = []
    witnesses = neighbours.witnesses()
    neighbours.away = {"storby"}
    public = publisher(store, root, witnesses)
    await public.round()
    monkeypatch.setattr(witnesses, "_submit", lambda _s, witness, _n: asked.append(witness.name))
    await public.round()
    assert asked == []


async def test_a_forked_log_is_caught_and_the_alarm_is_raised_once(tmp_path, store, root, neighbours, caplog):
    await publisher(store, root, neighbours.witnesses()).round()
    fork = Store(tmp_path / "fork")
    fork.keys = store.keys
    fork.open()
    grow(fork, Producer(), 5)
    witnesses = neighbours.witnesses()
    public = publisher(fork, tmp_path / "forked tiles", witnesses)
    await public.round()
    retry_now(witnesses)
    await public.round()
    fork.close()
    met = [(each.witness.name, each.status, each.seen, each.size) for each in witnesses.contradictions]
    assert sorted(met) == [(name, 422, 3, 5) for name in sorted(neighbours.names)]
    assert "has not cosigned: conflict" in caplog.text
    [evidence] = neighbours.state("grannby").refused(ORIGIN)
    assert Checkpoint.open(evidence, store.keys.of(ORIGIN).verifier).size == 5


async def test_a_witness_that_has_seen_more_than_there_is_contradicts(tmp_path, store, producer, root, neighbours):
    grow(store, producer, 7)
    await publisher(store, root, neighbours.witnesses()).round()
    shorter = Store(tmp_path / "restored")
    shorter.keys = store.keys
    shorter.open()
    put(shorter, producer.leaves[:5], 5)
    witnesses = neighbours.witnesses()
    await publisher(shorter, tmp_path / "other tiles", witnesses).round()
    shorter.close()
    assert {(each.status, each.seen, each.size) for each in witnesses.contradictions} == {(409, 10, 5)}


async def test_a_witness_that_does_not_know_the_log_has_refused(tmp_path, store, producer, root):
    grow(store, producer, 1)
    neighbours = Neighbours(tmp_path / "neighbours", "grannby")
    witnesses = neighbours.witnesses()
    await publisher(store, root, witnesses).round()
    assert [each.problem for each in witnesses.standings(ORIGIN)] == [Problem.REFUSED]
    assert shown(root)


def answering(answer: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(answer))


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(200, text=""),
        httpx2.Response(200, text="— annan.example AAAAAXg=\n"),
        httpx2.Response(200, text="nonsense\n"),
        httpx2.Response(409, text="many\n"),
        httpx2.Response(409, text="2\n"),
        httpx2.Response(500),
    ],
)
async def test_a_witness_that_talks_nonsense_is_as_good_as_away(store, root, neighbours, answer):
    witnesses = Witnesses(neighbours.policy(), answering(lambda _: answer))
    await publisher(store, root, witnesses).round()
    assert {each.problem for each in witnesses.standings(ORIGIN)} == {Problem.UNREACHABLE}
    assert shown(root)


async def test_another_witnesss_signature_is_not_taken(store, root, neighbours):
    policy = neighbours.policy()
    keys = read_keys(neighbours.root / "storby" / "witness.key")

    def impostor(request: httpx2.Request) -> httpx2.Response:
        note = Note.parse(request.content.decode().partition("\n\n")[2])
        return httpx2.Response(200, text=str(keys[0].cosign(note.text, 1)))

    witnesses = Witnesses(policy, answering(impostor))
    await publisher(store, root, witnesses).round()
    assert {each.witness for each in witnesses.standings(ORIGIN) if each.problem is Problem.NONE} == {"storby"}


async def test_a_signature_that_is_not_what_it_says_is_not_taken(store, root, neighbours):
    key = read_keys(neighbours.root / "storby" / "witness.key")[0]

    def forger(request: httpx2.Request) -> httpx2.Response:
        note = Note.parse(request.content.decode().partition("\n\n")[2])
        return httpx2.Response(200, text=str(key.cosign(note.text, 1)._replace(signature=bytes(72))))

    witnesses = Witnesses(neighbours.policy(), answering(forger))
    await publisher(store, root, witnesses).round()
    assert {each.problem for each in witnesses.standings(ORIGIN)} == {Problem.UNREACHABLE}


async def test_a_policy_may_name_the_ml_dsa_key_of_a_witness(store, root, neighbours):
    key = read_keys(neighbours.root / "storby" / "witness.key")[1].verifier
    policy = Policy.parse(f"witness a {key} http://storby.example\nquorum a\n".encode())
    await publisher(store, root, Witnesses(policy, neighbours.client())).round()
    judged = policy.judge(shown(root), [store.keys.of(ORIGIN).verifier])
    assert judged.quorum
    assert len(Note.parse(shown(root)).signatures) == 2


async def test_a_witness_without_an_address_is_told_of(store, root, neighbours):
    policy = Policy.parse(
        f"witness a {read_keys(neighbours.root / 'grannby' / 'witness.key')[0].verifier}\nquorum a\n".encode()
    )
    witnesses = Witnesses(policy, neighbours.client())
    await publisher(store, root, witnesses).round()
    assert [each.problem for each in witnesses.standings(ORIGIN)] == [Problem.NO_ADDRESS]
