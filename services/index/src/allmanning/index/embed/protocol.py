"""What turns texts into vectors, wherever it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
"""The e5 models tell questions from passages by these, and are poor without them."""

Vectors = NDArray[np.float32]
"""(texts, dimension), rows of unit length, in the order of the texts."""


class Embedder(Protocol):
    """Queries and passages are embedded differently. Texts longer than the model's window are cut: split them first.

    Raises `Unavailable` or `TimedOut` when the model cannot be reached, `Busy` when it has too much to do.
    """

    @property
    def dimension(self) -> int: ...

    @property
    def model(self) -> str:
        """Name and hash of the weights: vectors of different models cannot be compared."""
        ...

    async def embed_queries(self, texts: Sequence[str]) -> Vectors: ...

    async def embed_passages(self, texts: Sequence[str]) -> Vectors: ...


class OpenedEmbedder(Embedder, Protocol):
    """An embedder with a life: `warm_up` makes it ready, and until then its model is unknown; `close` ends it."""

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...
