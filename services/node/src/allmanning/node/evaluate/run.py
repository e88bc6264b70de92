"""A run, as trec_eval calls it: what one search found for each question of a set. It can be kept in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allmanning.node.evaluate.kept import Kept


class Run(Kept):
    """For each question id the ids of the entries found, best first, and how many seconds all of them took."""

    what = ("en körning", "a run")

    rankings: Mapping[str, Sequence[str]]
    seconds: float
    index_version: str
    """Of the index that answered."""
