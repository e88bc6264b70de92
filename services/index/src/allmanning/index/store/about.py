"""What an index was made with, and whether the vectors of now belong in it."""

from __future__ import annotations

from dataclasses import dataclass

from allmanning.runtime.errors import Refused


@dataclass(frozen=True)
class About:
    """Kept beside every index.

    Args:
        index_version: See `allmanning.index.version`.
        model: Name of the embedder and hash of its weights; empty: not known.
        dimension: Values of a vector.
        made_at: ISO time, UTC.
        optimised: Points that the engine's graph held when it was built; 0: there is no graph.
    """

    index_version: str
    model: str
    dimension: int
    made_at: str = ""
    optimised: int = 0

    def same_vectors(self, other: About) -> bool:
        """Whether vectors of one may be compared with vectors of the other."""
        return (self.model, self.dimension) == (other.model, other.dimension)


def model_differs(live: About, wanted: About) -> Refused:
    """The refusal to mix two models, with the way out."""
    return Refused(
        "index.model_differs",
        f"Indexet är gjort med modellen {_name(live)}, men nu startas modellen {_name(wanted)}. "
        "Bygg ett nytt index medan det gamla svarar: allmanning up --reindex, eller ALLMANNING_REINDEX=true för "
        f"indexprocessen. (The index was made with the model {_name(live, 'values')}, but this start has "
        f"{_name(wanted, 'values')}. To re-index while the old index answers: allmanning up --reindex, or "
        "ALLMANNING_REINDEX=true for the index process.)",
    )


def _name(about: About, unit: str = "värden") -> str:
    return f"{about.model or '?'} ({about.dimension} {unit})"
