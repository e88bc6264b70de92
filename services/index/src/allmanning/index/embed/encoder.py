"""The model on onnxruntime: texts to unit vectors, and to the codes of their tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

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

    def __init__(self, folder: Path) -> None:
        self.tokenizer = Tokenizer(folder)
        options = onnxruntime.SessionOptions()
        # Parallel work is whole texts on threads of ours: that scales better than threads within a small product.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])

    def run(self, text: str, prefix: str) -> tuple[list[int], NDArray[np.float32], NDArray[np.float32]]:
        """The text's own tokens, its vector, (384,), and theirs, (tokens, 384), without prefix and marks.

        What exceeds the model's window is not seen.
        """
        [ids] = self.tokenizer.encode([text], prefix)
        vectors, tokens = self._session.run(["embedding", "tokens"], {"input_ids": np.array([ids], np.int64)})
        begin = len(self.tokenizer.encode([""], prefix)[0]) - 1
        return ids[begin:-1], vectors[0], tokens[0, begin:-1]


class Encoder:
    """A network with the projection that belongs to it."""

    def __init__(self, folder: Path) -> None:
        self._network = Network(folder)
        self._projection = Projection(folder)

    def run(self, text: str, prefix: str) -> NDArray[np.float32]:
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
