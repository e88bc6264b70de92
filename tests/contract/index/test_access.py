"""Nobody reads what they may not: both engines against the access rule said in plain Python."""

from __future__ import annotations

import uuid
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.index.v1.index_pb import SearchRequest
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.index.store.edge import EdgeStore
from allmanning.index.store.protocol import PassageStore
from allmanning.index.store.server import ServerStore
from tests.contract.index.passages import DIMENSION, asking, document, in_force, indexed, may_read, vector

AUTHORITIES = ["soltuna", "granby", "soltuna-skola"]
UNITS = ["", "bygg", "social"]
DATES = ["2025-12-31", "2026-01-01", "2026-06-30"]
WORDS = ["avgift", "bygglov", "förskola", "sophämtning"]

dates = st.sampled_from(["", *DATES])
classes = st.sampled_from([Secrecy(0), Secrecy.OPEN, Secrecy.INTERNAL, Secrecy.SECRET, Secrecy(9)])
documents = st.lists(
    st.builds(
        document,
        id=st.uuids().map(str),
        authority=st.sampled_from(AUTHORITIES),
        secrecy=classes,
        owner_unit=st.sampled_from(UNITS),
        shared=st.booleans(),
        valid_from=dates,
        valid_to=dates,
        collection=st.sampled_from(["webb", "lagar"]),
    ),
    min_size=1,
    max_size=14,
)
principals = st.builds(
    Principal,
    authority=st.sampled_from(AUTHORITIES),
    role=st.sampled_from(list(Role)),
    unit=st.sampled_from(UNITS),
    clearances=st.lists(classes, max_size=3),
)
questions = st.builds(
    asking,
    question=st.sampled_from(WORDS),
    principal=principals,
    limit=st.integers(1, 20),
    as_of=st.sampled_from(DATES),
    collections=st.sampled_from([[], ["webb"], ["lagar", "finns-ej"]]),
)


def collected(request: SearchRequest, of: DocumentVersion) -> bool:
    chosen = request.filter.collections if request.filter else []
    return not chosen or of.collection in chosen


def texts_of(at: int, of: DocumentVersion) -> list[str]:
    return [f"{WORDS[at % len(WORDS)]} {of.id} {part}" for part in range(1 + at % 2)]


async def check(store: PassageStore, corpus: list[DocumentVersion], requests: list[SearchRequest]) -> None:
    texts: dict[str, DocumentVersion] = {}
    for at, of in enumerate(corpus):
        await store.stage(indexed(of, texts_of(at, of)))
        # One in three stays unpublished: nobody may read it.
        if at % 3 != 2:
            await store.publish(of.authority, of.id, of.version)
            texts |= dict.fromkeys(texts_of(at, of), of)
    for request in requests:
        principal = request.principal
        assert principal is not None
        readable = {
            text for text, of in texts.items() if may_read(principal, of, request.as_of) and collected(request, of)
        }
        answer = await store.search(request)
        found = [each.passage.text for each in answer.passages if each.passage]
        assert set(found) <= readable
        assert len(found) == len(set(found)) == min(request.limit, len(readable))
        assert answer.total == len(readable)
        question = np.frombuffer(request.dense, dtype="<f4")
        near = readable | {
            text
            for text, of in texts.items()
            if of.authority == principal.authority and collected(request, of) and in_force(of, request.as_of)
        }
        nearest = sorted(near, key=lambda text: -float(question @ np.frombuffer(vector(text), dtype="<f4")))
        assert answer.held_back == len(set(nearest[: request.limit]) - readable)


@pytest.mark.parametrize("engine", ["edge", "server"])
@given(corpus=documents, requests=st.lists(questions, min_size=5, max_size=12))
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    # Shrinking a failure takes minutes with a real engine.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_exactly_what_the_rule_allows_is_found_counted_and_held_back(
    engine: str, corpus: list[DocumentVersion], requests: list[SearchRequest], memory: Path
) -> None:
    name = uuid.uuid4().hex
    store: PassageStore = (
        EdgeStore(memory / name, "test", DIMENSION)
        if engine == "edge"
        else ServerStore(":memory:", f"test-{name}", DIMENSION)
    )
    await store.warm_up()
    try:
        await check(store, corpus, requests)
    finally:
        await store.close()


async def test_secrecy_that_nobody_knows_is_secret(store: PassageStore) -> None:
    of = document(secrecy=Secrecy(9), owner_unit="bygg")
    await store.stage(indexed(of, ["Hemlig text"]))
    await store.publish("soltuna", "taxa", "v1")
    every = [Secrecy.OPEN, Secrecy.INTERNAL, Secrecy(9)]
    assert (
        await store.search(asking("text", Principal(authority="soltuna", unit="bygg", clearances=every)))
    ).total == 0
    cleared = Principal(authority="soltuna", unit="bygg", clearances=[Secrecy.SECRET])
    assert (await store.search(asking("text", cleared))).total == 1


async def test_a_shared_secret_stays_with_the_authority_that_owns_it(store: PassageStore) -> None:
    of = document(authority="granby", secrecy=Secrecy.SECRET, owner_unit="bygg", shared=True)
    await store.stage(indexed(of, ["Hemlig text"]))
    await store.publish("granby", "taxa", "v1")
    namesake = Principal(authority="soltuna", unit="bygg", clearances=list(Secrecy))
    assert (await store.search(asking("text", namesake))).total == 0


async def test_a_secret_without_owner_is_read_by_nobody(store: PassageStore) -> None:
    await store.stage(indexed(document(secrecy=Secrecy.SECRET), ["Hemlig text"]))
    await store.publish("soltuna", "taxa", "v1")
    unitless = Principal(authority="soltuna", unit="", clearances=list(Secrecy))
    assert (await store.search(asking("text", unitless))).total == 0
