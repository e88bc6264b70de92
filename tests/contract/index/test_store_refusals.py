"""What every passage store refuses, whole."""

from __future__ import annotations

import numpy as np
import pytest

from allmanning.contracts.access.v1.access_pb import Principal, Secrecy
from allmanning.contracts.index.v1.index_pb import IndexedPassage, SearchRequest
from allmanning.index.store.protocol import PassageStore
from allmanning.runtime.errors import InvalidInput, NotFound
from tests.contract.index.passages import TEXTS, asking, document, indexed


def broken(change: str) -> IndexedPassage:
    [passage] = indexed(document(), ["Text"])
    assert passage.passage is not None
    assert passage.passage.document is not None
    match change:
        case "text":
            passage.passage.text = " \n"
        case "authority":
            passage.passage.document.authority = ""
        case "version":
            passage.passage.document.version = ""
        case "document":
            passage.passage.document = None
        case "size":
            passage.dense = passage.dense[:-4]
        case "nan":
            passage.dense = np.full(len(passage.dense) // 4, np.nan, dtype="<f4").tobytes()
        case "date":
            passage.passage.document.valid_from = "20260101"
        case "long":
            passage.passage.text = "å" * 5_000
    return passage


@pytest.mark.parametrize("change", ["text", "authority", "version", "document", "size", "nan", "date", "long"])
async def test_a_broken_passage_is_refused_and_nothing_of_its_batch_is_kept(store: PassageStore, change: str) -> None:
    whole = indexed(document("b"), TEXTS)
    with pytest.raises(InvalidInput):
        await store.stage([*whole, broken(change)])
    with pytest.raises(NotFound):
        await store.publish("soltuna", "b", "v1")


@pytest.mark.parametrize(
    "request_",
    [
        asking("x", limit=0),
        asking("x", limit=101),
        asking("x", as_of="i dag"),
        asking("x", as_of=""),
        asking("x", Principal(clearances=[Secrecy.OPEN])),
        SearchRequest(limit=1, as_of="2026-01-01"),
        SearchRequest(principal=Principal(authority="a"), limit=1, as_of="2026-01-01", dense=b"1234"),
    ],
    ids=["limit 0", "limit 101", "bad date", "no date", "no authority", "no principal", "vector size"],
)
async def test_a_broken_search_is_refused(store: PassageStore, request_: SearchRequest) -> None:
    with pytest.raises(InvalidInput):
        await store.search(request_)
