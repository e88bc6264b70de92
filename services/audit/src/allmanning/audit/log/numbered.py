"""A leaf and its number among its authority's."""

from __future__ import annotations

from typing import NamedTuple

from allmanning.audit.log.leaf import Leaf


class Numbered(NamedTuple):
    """`place` counts the authority's leaves from 1, in the order of the stream and over all its logs."""

    leaf: Leaf
    place: int
