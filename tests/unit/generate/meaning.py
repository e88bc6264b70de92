"""Vectors that the model of `allmanning.generate.kinds` takes for a kind of message, surely or in doubt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allmanning.generate.kinds import Kind, kinds

Vector = NDArray[np.float32]


def towards(kind: Kind) -> Vector:
    """A vector that the model takes for that kind, and no other."""
    known = kinds()
    others = np.mean([known.weights[each][1:] for each in Kind if each is not kind], axis=0)
    row = np.array(known.middle) + (np.array(known.weights[kind][1:]) - others)
    return row.astype(np.float32)


def nearly(kind: Kind) -> Vector:
    """One that it has a doubt of: between those of an ordinary message and of that kind."""
    known = kinds()
    wanted = (known.doubtful[kind] + known.least[kind]) / 2
    # In float64: the two are far apart, and little between them tells.
    ordinary, sure = (towards(each).astype(np.float64) for each in (Kind.GENERAL, kind))
    low, high = 0.0, 1.0
    for _ in range(60):
        share = (low + high) / 2
        row = ((1 - share) * ordinary + share * sure).astype(np.float32)
        likely = known.of(row[None, :])[0][kind]
        low, high = (share, high) if likely < wanted else (low, share)
    assert known.doubtful[kind] <= likely < known.least[kind]
    return row
