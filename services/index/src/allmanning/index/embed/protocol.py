"""What turns texts into vectors, wherever it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
"""The e5 models tell questions from passages by these, and are poor without them."""

Vectors = NDArray[np.float32]
"""(texts, dimension), rows of unit length, in the order of the texts."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, for late interaction (Khattab & Zaharia 2020, ColBERT)."""

    codes: NDArray[np.int8]
    """(tokens, codes): rows of equal length that stand for unit vectors."""
    words: NDArray[np.int32]
    """(tokens,): which word of the text each stands in, from 0; words are parted by white space."""
    weights: NDArray[np.float32]
    """(tokens,): how much each says when it stands in a question."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors of whole texts and, from embedders that have them, the tokens of each; otherwise none."""

    vectors: Vectors
    tokens: Sequence[Tokens]


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


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that also tells the tokens of a text apart."""

    async def embed_query_tokens(self, texts: Sequence[str]) -> Embedded: ...

    async def embed_passage_tokens(self, texts: Sequence[str]) -> Embedded: ...


class OpenedEmbedder(Embedder, Protocol):
    """An embedder with a life: `warm_up` makes it ready, and until then its model is unknown; `close` ends it."""

    async def warm_up(self) -> None: ...

    async def close(self) -> None: ...
