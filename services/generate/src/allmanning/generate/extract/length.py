"""How long an answer without a model may be."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from allmanning.generate.draft import DraftSentence

# No model reads the sentences, so no tokenizer counts them; models of today spend a token on three to five letters.
CHARS_PER_TOKEN: Final = 4


def within(sentences: Sequence[DraftSentence], max_tokens: int) -> Sequence[DraftSentence]:
    """The first ones that together take at most `max_tokens` (0: no limit); each whole or not at all."""
    if not max_tokens:
        return sentences
    lengths = accumulate(len(each.text) for each in sentences)
    return [each for each, length in zip(sentences, lengths, strict=True) if length <= max_tokens * CHARS_PER_TOKEN]
