"""Nearly the same passage: the same section of two copies of a guideline, a page with a word mended.

Minimum hashes of five-word runs (Broder 1997): the share of places where two sketches agree is about the share of runs
that the texts have in common. Other numbers, another title or other headings make another passage: a fee is not last
year's fee, and the same words under another topic are another answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from allmanning.contracts.passage.v1.passage_pb import Passage

PLACES = 24
# Of 24: texts that share 85 in 100 of their runs.
SAME = 20
_RUN = 5
_NUMBER = re.compile(r"\d[\d\s.,:/-]*")
_MASK = np.uint64(0xFFFFFFFF)
_GENERATOR = np.random.default_rng(20261122)
_FACTORS = _GENERATOR.integers(1, 2**32, PLACES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _GENERATOR.integers(0, 2**32, PLACES, dtype=np.uint64)


def sketch(passage: Passage) -> list[int]:
    """1 + `PLACES` numbers of 32 bits; case and white space do not matter."""
    words = passage.text.casefold().split()
    runs = {" ".join(words[start : start + _RUN]) for start in range(max(1, len(words) - _RUN + 1))}
    hashes = np.array([_hash(run) for run in runs], np.uint64)
    mixed = (hashes[:, None] * _FACTORS + _OFFSETS) >> np.uint64(16) & _MASK
    title = passage.document.title if passage.document else ""
    headings = passage.location.headings if passage.location else []
    differing = "\0".join([title, *headings, *_NUMBER.findall(passage.text)]).casefold()
    return [_hash(differing), *(int(least) for least in mixed.min(axis=0))]


def alike(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two passages are nearly the same."""
    if len(one) != 1 + PLACES or len(other) != 1 + PLACES or one[0] != other[0]:
        return False
    return sum(a == b for a, b in zip(one[1:], other[1:], strict=True)) >= SAME


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2s(text.encode(), digest_size=4).digest(), "little")
