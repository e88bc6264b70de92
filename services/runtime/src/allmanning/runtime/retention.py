"""The retention classes that content may be left in: each is erased on its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# The names are those of Swedish archives. How long each is kept is the authority's to decide; see audit/forgetting.
CLASSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "B": "Bevaras: vem som handlade, beslut i ärenden, gallring. (Preserved.)",
        "G1": "Gallras efter 1 år: frågor, utkast och svar utan ärende. (Erased after 1 year.)",
        "G3": "Gallras efter 3 år: underlag i ärenden. (Erased after 3 years.)",
    }
)
