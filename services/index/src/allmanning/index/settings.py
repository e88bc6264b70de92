"""What an operator may tell the index process."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from allmanning.runtime.settings import Settings


class IndexSettings(Settings):
    """Settings of the index process."""

    tei_url: str = ""
    """Address of a text-embeddings-inference server; empty: the model that ships with the platform, in this process."""

    embedder_threads: int = 2
    """Processors that passages may use while documents are read in; a question always has a thread of its own."""

    optimise_after: int = 10_000
    """Passages written since the index was last optimised, at which it is optimised again: searched as they were
    written, 10,000 take 7 ms of a search, and optimised 1 ms. Optimising 100,000 takes three minutes of a processor,
    1.2 GB of memory and the index's size twice more on the disk. 0: never."""

    reindex: Literal["false", "true", "empty"] = "false"
    """What to do when the index was made with another model: refuse to start; build a new index while the old one
    answers with its own model; or start with an empty one that fills up."""

    previous_tei_url: str = ""
    """Address of the text-embeddings-inference server that has the model of the old index, while a new one is built;
    empty: the model that ships with the platform."""

    @property
    def index_dir(self) -> Path:
        """Where the embedded engine keeps its data."""
        return self.data_dir / "index"
