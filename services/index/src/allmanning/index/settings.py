"""What an operator may tell the index process."""

from __future__ import annotations

from pathlib import Path

from allmanning.runtime.settings import Settings


class IndexSettings(Settings):
    """Settings of the index process."""

    tei_url: str = ""
    """Address of a text-embeddings-inference server; empty: the model that ships with the platform, in this process."""

    embedder_threads: int = 2
    """Processors that passages may use while documents are read in; a question always has a thread of its own."""

    @property
    def index_dir(self) -> Path:
        """Where the embedded engine keeps its data."""
        return self.data_dir / "index"
