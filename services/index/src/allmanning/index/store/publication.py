"""The step from one version of a document to another."""

from __future__ import annotations

from dataclasses import dataclass

from allmanning.index.condition import Condition, Equals, Every, Not
from allmanning.runtime.errors import Conflict


@dataclass(frozen=True)
class Publication:
    """One staging of a version becomes what searches see of its document: `passages` points of that `generation`."""

    authority: str
    document: str
    version: str
    generation: int
    passages: int

    @property
    def new(self) -> Condition:
        """The points that are published."""
        return Every((*self._document, self._staging))

    @property
    def old(self) -> Condition:
        """Every other point of the document."""
        return Every((*self._document, Not(self._staging)))

    @property
    def _document(self) -> tuple[Condition, Condition]:
        return Equals("authority", self.authority), Equals("document", self.document)

    @property
    def _staging(self) -> Condition:
        return Every((Equals("version", self.version), Equals("generation", self.generation)))


def incomplete() -> Conflict:
    """What is staged of a version is not all of it."""
    return Conflict("index.version_incomplete", "Versionen är inte hel i indexet. Skicka den igen.")
