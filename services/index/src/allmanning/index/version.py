"""Which index fits this code: another analyser, embedder, fusion or schema needs another index."""

from __future__ import annotations

import hashlib

from allmanning.index import analyse, fusion, repair, sparse
from allmanning.index.lexicon.compile import RECIPE

# Raise it when the fields of a stored point or what `indexed_text` contains change. Points of the schema before must
# stay readable: their index answers until the new one is built.
SCHEMA = "3"


def index_version(model: str, dimension: int) -> str:
    """Hex, 32 characters. `model` is the embedder's name and hash of its weights."""
    parts = (
        SCHEMA,
        f"{analyse.VERSION}/{RECIPE}/{repair.VERSION}",
        sparse.VERSION,
        fusion.VERSION,
        model,
        str(dimension),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
