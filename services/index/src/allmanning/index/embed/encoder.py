"""The model: texts to unit vectors, and to the codes of their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allmanning.index.embed.convert import ModelFiles
from allmanning.index.embed.engine import EngineKind, Floats
from allmanning.index.embed.projection import Projection
from allmanning.index.embed.protocol import Tokens
from allmanning.index.embed.tokenizer import Tokenizer

DIMENSION = 384
# What words that everybody uses carry less than; the vocabulary's commonest pieces are near it.
_COMMON_RARITY = 6.0
_LEAST_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as one vector, (384,), and by token."""

    vector: NDArray[np.float32]
    tokens: Tokens


class Network:
    """Loads tokenizer and model when made (0.5 s).

    Calls block but let other threads run, and several threads may call at once.
    """

    def __init__(self, folder: Path, kind: EngineKind, threads: int = 1) -> None:
        """`threads`: how many will call at once."""
        self.tokenizer = Tokenizer(folder)
        self._engine = kind.open(folder, threads)
        self._begin = cache(lambda prefix: len(self.tokenizer.encode([""], prefix)[0]) - 1)

    def run(self, text: str, prefix: str) -> tuple[list[int], Floats, Floats]:
        """The text's own tokens, its vector, (384,), and theirs, (tokens, 384), without prefix and marks.

        What exceeds the model's window is not seen.
        """
        [ids] = self.tokenizer.encode([text], prefix)
        vector, tokens = self._engine.run(ids)
        begin = self._begin(prefix)
        return ids[begin:-1], vector, tokens[begin:-1]


class Encoder:
    """A network with the projection that belongs to it."""

    def __init__(self, files: ModelFiles, threads: int = 1) -> None:
        """`threads`: how many will call at once."""
        self._network = Network(files.folder, files.kind, threads)
        self._projection = Projection(files.folder)

    def run(self, text: str, prefix: str) -> Floats:
        """The vector of the text, (384,)."""
        return self.encode(text, prefix).vector

    def encode(self, text: str, prefix: str) -> Encoded:
        """The vector of the text and the codes of its tokens."""
        ids, vector, tokens = self._network.run(text, prefix)
        tokenizer = self._network.tokenizer
        rarity = np.array(tokenizer.rarity(ids), np.float32)
        return Encoded(
            vector,
            Tokens(
                codes=self._projection.codes(tokens),
                words=np.array(tokenizer.words(ids), np.int32) - 1,
                weights=np.maximum(rarity - _COMMON_RARITY, _LEAST_WEIGHT),
            ),
        )
