"""Which tokens of a sentence stand for which tokens of the text it cites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import lru_cache
from typing import Final

from allmanning.generate.support.tokens import Token

_CLOSE: Final = 0.7
_MARGIN: Final = 3
"""Tokens beside the matched ones that still belong to what the sentence takes up."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The matching runs of two token sequences, by stem."""

    share: float
    """Of the sentence's tokens, how many are matched in order."""
    taken: frozenset[int]
    """Tokens of the quoted text that the sentence takes up, in whatever order, with those close beside them."""
    replaced: tuple[tuple[int, int, int, int], ...]
    """Runs that stand in each other's place: start and end in the sentence, start and end in the quoted text."""
    between: tuple[tuple[int, int, int, int], ...]
    """What stands between one matching run and the next, in the same four places; either may be empty."""

    @property
    def close(self) -> bool:
        """The sentence is almost a piece of the quoted text."""
        return self.share >= _CLOSE

    def relevant(self, quoted: Sequence[Token]) -> Sequence[Token]:
        """What the sentence takes up of the quoted text; all of it when nothing matches."""
        return [token for at, token in enumerate(quoted) if at in self.taken] or quoted


@lru_cache(maxsize=2_000)
def align(said: tuple[Token, ...], quoted: tuple[Token, ...]) -> Alignment:
    """Align two texts."""
    matcher = SequenceMatcher(None, [each.stem for each in said], [each.stem for each in quoted], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    codes = matcher.get_opcodes()
    replaced = tuple((a, b, c, d) for kind, a, b, c, d in codes if kind == "replace")
    return Alignment(
        share=sum(block.size for block in blocks) / max(1, len(said)),
        taken=_taken(said, quoted, blocks),
        replaced=replaced,
        between=tuple((a, b, c, d) for kind, a, b, c, d in codes[1:-1] if kind != "equal"),
    )


def _taken(said: Sequence[Token], quoted: Sequence[Token], blocks: Sequence[Match]) -> frozenset[int]:
    telling = {token.stem for token in said if not token.light}
    places = [at for at, token in enumerate(quoted) if token.stem in telling]
    inside = range(blocks[0].b, blocks[-1].b + blocks[-1].size) if blocks else range(0)
    found: set[int] = set()
    for at in places:
        found.add(at)
        for step in (1, -1):
            for beside in range(at + step, at + step * (_MARGIN + 1), step):
                # What belongs to the sentence before or after is not taken up with this one.
                if not 0 <= beside < len(quoted) or (quoted[beside].first if step > 0 else quoted[beside - step].first):
                    break
                found.add(beside)
    close = sum(block.size for block in blocks) >= _CLOSE * len(said)
    return frozenset(found | set(inside)) if close else frozenset(found)
