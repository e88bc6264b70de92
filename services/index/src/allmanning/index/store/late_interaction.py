"""Late interaction: each token of a question meets the token of a passage that is most like it (MaxSim).

Khattab & Zaharia 2020 (ColBERT), with two changes that measured better on Swedish sets: content tokens only, and rare
tokens count for more. Over swefaq, helsingborg with and without headings, and swequad-mc, ordering the best 30 by the
fused score and this raises nDCG@10 from .744 to .751.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allmanning.contracts.index.v1.index_pb import TokenVectors
from allmanning.index.encode import ABOVE
from allmanning.index.store.point import Payload

# How many passages are ordered anew.
DEPTH = 30
# Beside the cosine similarity of whole texts.
WEIGHT = 0.5
_SCALE = 127.0**2


@dataclass(frozen=True)
class Likeness:
    """How well a passage's tokens answer those of a question, -1..1, and the number of the sentence that does it best.

    `sentence` is -1 where no sentence of the passage's text took part.
    """

    score: float
    sentence: int


class Question:
    """The tokens of a question. A question without tokens is like everything to the same degree."""

    def __init__(self, tokens: TokenVectors | None) -> None:
        rows = np.frombuffer(tokens.codes, np.int8).reshape(-1, tokens.dimension) if tokens and tokens.codes else None
        self._rows: NDArray[np.float32] | None = None if rows is None else rows.astype(np.float32)
        weights = np.array(tokens.weights, np.float32) if tokens else np.empty(0, np.float32)
        if rows is not None and len(weights) != len(rows):
            weights = np.ones(len(rows), np.float32)
        self._weights = weights / weights.sum() if weights.sum() > 0 else weights

    def __bool__(self) -> bool:
        return self._rows is not None

    def likeness(self, payload: Payload) -> Likeness | None:
        """None for a passage that was indexed without tokens, or with those of another model."""
        stored = payload.get("tokens")
        if self._rows is None or not isinstance(stored, str) or not stored:
            return None
        width = self._rows.shape[1]
        codes = np.frombuffer(base64.b64decode(stored), np.int8)
        if not codes.size or codes.size % width:
            return None
        meeting = self._rows @ codes.reshape(-1, width).astype(np.float32).T / _SCALE
        score = float(self._weights @ meeting.max(axis=1))
        return Likeness(score, self._best_sentence(meeting, str(payload.get("sentences") or "")))

    def _best_sentence(self, meeting: NDArray[np.float32], stored: str) -> int:
        numbers = np.frombuffer(base64.b64decode(stored), np.uint8)
        if len(numbers) != meeting.shape[1]:
            return -1
        candidates = [int(number) for number in np.unique(numbers) if number != ABOVE]
        if not candidates:
            return -1
        worth = [float(self._weights @ meeting[:, numbers == number].max(axis=1)) for number in candidates]
        return candidates[int(np.argmax(worth))]
