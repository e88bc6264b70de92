"""A file as it was submitted, lying on this machine's disk while it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.ingest.read.document import Box


def _silent(_done: int, _total: int) -> None:
    return


@dataclass(frozen=True)
class Drawing:
    """A page to be drawn (1-based), with some of its lines marked."""

    page: int
    marks: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Original:
    """`default_secrecy` is its class when neither submit nor file names one. `workspace` is where a reader may write:
    what a container held, pictures of pages; empty at the start and removed after the file.
    """

    path: Path
    filename: str
    media_type: str
    default_secrecy: Secrecy = Secrecy.SECRET
    workspace: Path = Path()
    # `unstructured` reads it instead of the readers here.
    by_unstructured: bool = False
    # A picture of a page is wanted in place of the text.
    drawing: Drawing | None = None
    # Called by readers of long files: pages read, of how many.
    told: Callable[[int, int], None] = _silent

    @property
    def data(self) -> bytes:
        """The whole file, for readers of formats that are small."""
        return self.path.read_bytes()

    def __deepcopy__(self, _: object) -> Self:
        # Pipelines copy what passes between components; this never changes.
        return self
