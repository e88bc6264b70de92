"""How many of the passages found have each value of a field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.passage.v1.passage_pb import Facet
from allmanning.index.store.point import Payload

FIELDS: Final = ("collection", "document_type", "media_type", "secrecy", "authority")
_MOST_VALUES: Final = 50


def facets(payloads: Collection[Payload]) -> list[Facet]:
    """The counts of each field, the largest first; a passage without a value is in none."""
    return [
        Facet(
            field=field,
            counts=[Facet.Count(value=value, passages=count) for value, count in _counted(field, payloads)],
        )
        for field in FIELDS
    ]


def _counted(field: str, payloads: Collection[Payload]) -> list[tuple[str, int]]:
    values = Counter(_written(field, payload.get(field)) for payload in payloads)
    del values[""]
    return sorted(values.items(), key=lambda each: (-each[1], each[0]))[:_MOST_VALUES]


def _written(field: str, value: object) -> str:
    if field == "secrecy" and isinstance(value, int):
        return Secrecy(value).name.lower()
    return str(value or "")
