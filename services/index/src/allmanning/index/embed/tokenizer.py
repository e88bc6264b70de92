"""Text to token ids, as multilingual-e5 was trained to see it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from sentencepiece import SentencePieceProcessor

WINDOW = 512
"""Tokens that the model can take in, `<s>`, `</s>` and prefix included."""
LONGEST_PIECE = 16
"""Characters. Natural text beyond `WINDOW` pieces of this length never reaches the model, so it is not normalised."""


class Tokenizer:
    """Reads the files of a converted model when made (about 0.2 s)."""

    def __init__(self, folder: Path) -> None:
        self._pieces = SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
        stored: dict[str, str] = json.loads((folder / "normaliser.json").read_text(encoding="utf-8"))
        self._normaliser = {int(code): text for code, text in stored.items()}
        self._start, self._end = self._pieces.bos_id(), self._pieces.eos_id()
        pieces = self._pieces.id_to_piece(list(range(self._pieces.get_piece_size())))
        self._beginning = frozenset(number for number, piece in enumerate(pieces) if piece.startswith("▁"))

    def encode(self, texts: Sequence[str], prefix: str) -> list[list[int]]:
        """Ids of each text with its prefix, `<s>` and `</s>`; what exceeds `WINDOW` is cut off.

        Any string is safe: `</s>` and `<mask>` in a text are plain characters, NUL is a space, lone surrogates a "?".
        """
        prepared = [self._normalise(prefix + _compact(text)) for text in texts]
        # One by one: for a list the library starts threads, which takes longer than any text.
        return [[self._start, *self._pieces.encode(text)[: WINDOW - 2], self._end] for text in prepared]

    def words(self, ids: Sequence[int]) -> list[int]:
        """For each token, the number of words that have begun before or with it; words are parted by white space."""
        begun, words = 0, []
        for each in ids:
            begun += each in self._beginning
            words.append(begun)
        return words

    def rarity(self, ids: Sequence[int]) -> list[float]:
        """How rare each token is: its negative log-probability in the model's vocabulary."""
        return [-self._pieces.get_score(each) for each in ids]

    def _normalise(self, text: str) -> str:
        # A lone surrogate cannot be written as UTF-8, and the library would raise.
        text = text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
        return unicodedata.normalize("NFC", text).translate(self._normaliser)


def _compact(text: str) -> str:
    """As much as can matter, with white space as single spaces."""
    return " ".join(text.strip()[: 4 * WINDOW * LONGEST_PIECE].split())[: WINDOW * LONGEST_PIECE]
