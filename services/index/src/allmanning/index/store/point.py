"""A passage as a point of the engine, and back."""

from __future__ import annotations

import base64
import json
import time
import uuid
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from allmanning.contracts.index.v1.index_pb import IndexedPassage
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.access import access_fields
from allmanning.index.fold import folded
from allmanning.index.store.sketch import sketch
from allmanning.index.text import twin_key
from allmanning.runtime.errors import InvalidInput

DENSE = "dense"
SPARSE = "sparse"

# How the fields are indexed in the engine. The authority separates the tenants.
KEYWORD_FIELDS = ("collection", "document", "document_type", "media_type", "version", "owner_unit", "passage_id")
TENANT_FIELD = "authority"
MATCHED_INTEGER_FIELDS = ("active", "shared", "secrecy", "position", "generation", "sample")
COMPARED_INTEGER_FIELDS = ("valid_from", "valid_to")
# Folded words, for phrases that must stand there and words that must not.
TEXT_FIELD = "said"
# Passages are dealt into so many samples, any of which stands for all of them when terms are counted.
SAMPLES = 64

# A hundred of these fit in one answer on the bus (1 MiB).
MAX_PASSAGE_BYTES = 9_000

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
Payload: TypeAlias = dict[str, Json]

_NAMESPACE = uuid.UUID("5f1d1a0e-6b0b-5a51-9a39-8a0f3c1b7c55")


@dataclass(frozen=True)
class Point:
    """What the engine stores of one passage."""

    id: str
    dense: list[float]
    indices: list[int]
    values: list[float]
    payload: Payload


@dataclass(frozen=True)
class Version:
    """One version of one document."""

    authority: str
    document: str
    version: str


def version_of(indexed: IndexedPassage) -> Version:
    """The version a passage belongs to. Raises `InvalidInput` when the passage does not say or says nothing."""
    passage = indexed.passage
    document = passage.document if passage else None
    if passage is None or document is None or not (document.authority and document.id and document.version):
        raise InvalidInput("passage.incomplete", "Passagen saknar myndighet, dokument eller version.")
    if not passage.text.strip():
        raise InvalidInput("passage.empty", "Passagen saknar text.")
    return Version(document.authority, document.id, document.version)


def point_of(indexed: IndexedPassage, generation: int, dimension: int) -> Point:
    """The point of a staged passage.

    A generation is one publication of a document. It is part of the id, so that staging a version that is already
    published does not touch what searches see.
    """
    version = version_of(indexed)
    passage, sparse = indexed.passage, indexed.sparse
    if passage is None or passage.document is None:
        raise InvalidInput("passage.incomplete", "Passagen saknar dokument.")
    encoded = passage.to_binary()
    if len(encoded) > MAX_PASSAGE_BYTES:
        raise InvalidInput("passage.too_long", f"Passagen är större än {MAX_PASSAGE_BYTES} byte.")
    fields: Payload = {**access_fields(passage.document)}
    point = _point_id(version, passage.position, generation)
    return Point(
        id=str(point),
        dense=unit_vector(indexed.dense, dimension),
        indices=list(sparse.indices) if sparse else [],
        values=list(sparse.values) if sparse else [],
        payload=fields
        | {
            "version": version.version,
            "position": passage.position,
            "generation": generation,
            "active": 0,
            "staged_at": int(time.time()),
            "twin": twin_key(passage),
            "sketch": list[Json](sketch(passage)),
            "sample": point.int % SAMPLES,
            "passage_id": passage.id,
            TEXT_FIELD: folded(passage.text),
            "passage": json.loads(passage.to_json()),
        }
        | stored_tokens(indexed),
    )


def point_id(payload: Payload) -> str:
    """The id of the point with this payload."""
    version = Version(str(payload["authority"]), str(payload["document"]), str(payload["version"]))
    return str(_point_id(version, int(str(payload["position"])), int(str(payload["generation"]))))


def _point_id(version: Version, position: int, generation: int) -> uuid.UUID:
    key = f"{version.authority}/{version.document}/{version.version}/{position}/{generation}"
    return uuid.uuid5(_NAMESPACE, key)


def stored_tokens(indexed: IndexedPassage) -> Payload:
    """The payload fields of late interaction; none for a passage that was embedded without tokens."""
    if not indexed.tokens or not indexed.tokens.codes:
        return {}
    return {
        "tokens": base64.b64encode(indexed.tokens.codes).decode("ascii"),
        "sentences": base64.b64encode(indexed.sentences).decode("ascii"),
    }


def passage_of(payload: Payload) -> Passage:
    """The passage as it was staged."""
    # Letters as they are: to escape them and read them back takes longer than all the rest.
    return Passage.from_json(json.dumps(payload["passage"], ensure_ascii=False))


def unit_vector(data: bytes, dimension: int) -> list[float]:
    """Little-endian float32 as floats. Raises `InvalidInput` for another size or a value that is not finite."""
    if len(data) != 4 * dimension:
        raise InvalidInput("vector.size", f"Vektorn har {len(data) // 4} värden, indexet {dimension}.")
    vector = np.frombuffer(data, dtype="<f4")
    # The engine would accept a NaN and then never find the passage.
    if not np.isfinite(vector).all():
        raise InvalidInput("vector.not_finite", "Vektorn innehåller värden som inte är tal.")
    return list(map(float, vector))
