"""What is published of a document, as it was staged: passages with their vectors."""

from __future__ import annotations

import base64

import numpy as np

from allmanning.contracts.index.v1.index_pb import IndexedPassage, SparseVector, StoredResponse, TokenVectors
from allmanning.index.batches import batches
from allmanning.index.condition import Equals, Every, OneOfNumbers
from allmanning.index.store.engine import VectorEngine, Vectors
from allmanning.index.store.point import Payload, passage_of, point_id

# About 20 kB a passage, of which 13 kB are token vectors.
_LOOKED_AT = 48
# Room for the envelope within NATS' 1 MiB.
_MOST_BYTES = 700_000
_FIELDS = (
    "authority", "document", "version", "position", "generation", "passages", "passage", "tokens", "sentences"
)  # fmt: skip


async def stored(engine: VectorEngine, authority: str, document_id: str, first: int) -> StoredResponse:
    """See `PassageStore.stored`; without the version of the index."""
    places = OneOfNumbers("position", tuple(range(first, first + _LOOKED_AT)))
    published = (Equals("authority", authority), Equals("document", document_id), Equals("active", 1))
    rows, _ = await engine.page(Every((*published, places)), _LOOKED_AT, "", _FIELDS)
    rows.sort(key=_position)
    vectors = await engine.vectors([point_id(row) for row in rows])
    found = [_indexed(row, vectors[point]) for row in rows if (point := point_id(row)) in vectors]
    page = next(batches(found, lambda each: len(each.to_binary()), _MOST_BYTES), [])
    following = page[-1].passage.position + 1 if page and page[-1].passage else 0
    more = bool(rows) and following < int(str(rows[-1]["passages"]))
    return StoredResponse(passages=page, next=following if more else 0)


def _position(row: Payload) -> int:
    return int(str(row["position"]))


def _indexed(row: Payload, vectors: Vectors) -> IndexedPassage:
    indexed = IndexedPassage(
        passage=passage_of(row),
        dense=np.array(vectors.dense, "<f4").tobytes(),
        sparse=SparseVector(indices=vectors.indices, values=vectors.values),
    )
    codes = base64.b64decode(str(row.get("tokens") or ""))
    sentences = base64.b64decode(str(row.get("sentences") or ""))
    if codes and sentences:
        # A number of a sentence for each token.
        indexed.tokens = TokenVectors(codes=codes, dimension=len(codes) // len(sentences))
        indexed.sentences = sentences
    return indexed
