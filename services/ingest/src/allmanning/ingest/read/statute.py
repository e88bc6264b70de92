"""Statutes: what they are called, when they are in force, and which of their lines are chapters and rubrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allmanning.ingest.read.document import Block


@dataclass(frozen=True)
class Statute:
    """The blocks as they are to be read, and what the text says of the whole act; as before when it is no statute."""

    blocks: Sequence[Block]
    title: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


def statute_of(blocks: Sequence[Block]) -> Statute:
    """The statute in these blocks."""
    return Statute(blocks)
