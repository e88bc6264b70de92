"""BM25 as sparse vectors: saturation and length here, inverse document frequency in the engine.

The engine multiplies each term by its IDF over the passages the asker may read, so what somebody may not read does
not show in anybody's ranking either.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import lru_cache

from allmanning.contracts.index.v1.index_pb import SparseVector
from allmanning.index.analyse import terms
from allmanning.index.everyday import WEIGHT, official

# Chosen on SweFAQ and everyday questions; flat around the optimum.
K1 = 0.9
B = 0.6
# Terms of a typical passage. Pinned, so that a passage's vector does not depend on what else is indexed.
AVERAGE_TERMS = 80.0


@lru_cache(maxsize=200_000)
def term_id(term: str) -> int:
    """A stable number of a term, 32 bits. Two of 100,000 terms share one about once in a collection."""
    return int.from_bytes(hashlib.blake2s(term.encode(), digest_size=4).digest(), "little")


def passage_vector(text: str) -> SparseVector:
    """Term frequencies of a passage, saturated and set against its length."""
    counts: dict[int, int] = defaultdict(int)
    for term, _ in terms(text):
        counts[term_id(term)] += 1
    length = K1 * (1 - B + B * sum(counts.values()) / AVERAGE_TERMS)
    return _vector({index: count * (K1 + 1) / (count + length) for index, count in counts.items()})


def question_vector(text: str) -> SparseVector:
    """Weights of a question's terms, and of the official words for those that are everyday ones."""
    weights: dict[int, float] = defaultdict(float)
    for term, weight in terms(text):
        weights[term_id(term)] += weight
    for _, words in official(text):
        for term, weight in terms(" ".join(words)):
            weights[term_id(term)] = max(weights[term_id(term)], weight * WEIGHT)
    return _vector(weights)


def _vector(values: dict[int, float]) -> SparseVector:
    indices = sorted(values)
    return SparseVector(indices=indices, values=[values[index] for index in indices])
