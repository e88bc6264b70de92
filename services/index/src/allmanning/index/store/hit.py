"""A point that one side of a search found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """`score` is a cosine similarity or a BM25 score."""

    point: str
    score: float
