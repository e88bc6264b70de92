"""What a search can be, and is, limited to: values with their counts, and the limits in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from allmanning.gateway.api.hits import Count
from allmanning.gateway.pages.caseworker.search_url import SearchUrl
from allmanning.gateway.pages.names import Names

# By the facet's name: the limit that it sets.
LIMITS: Final[Mapping[str, str]] = {
    "collection": "collections",
    "document_type": "document_types",
    "media_type": "media_types",
    "secrecy": "secrecy",
    "authority": "authorities",
}


@dataclass(frozen=True)
class Value:
    """A value of a facet; `path` leads to the search with it, or without it when it is `chosen`."""

    name: str
    count: int
    chosen: bool
    path: str


@dataclass(frozen=True)
class FacetGroup:
    """A facet with its values."""

    limit: str
    title: str
    values: Sequence[Value]


@dataclass(frozen=True)
class LimitInForce:
    """Something that the search is limited to; `path` leads to the search without it."""

    title: str
    name: str
    path: str


def facet_groups(url: SearchUrl, counts: Mapping[str, Sequence[Count]], names: Names) -> Iterator[FacetGroup]:
    """The facets where there is something to choose, or something chosen."""
    for facet, limit in LIMITS.items():
        chosen = url.values(limit)
        counted = {each["value"]: each["count"] for each in counts.get(facet, []) if each["value"]}
        # What is chosen and no longer found can still be taken away.
        counted |= {value: 0 for value in chosen if value not in counted}
        if len(counted) > 1 or chosen:
            yield FacetGroup(
                limit,
                names.title(limit),
                [
                    Value(names.of(limit, value), count, value in chosen, url.toggled(limit, value).path())
                    for value, count in counted.items()
                ],
            )


def limits_in_force(url: SearchUrl, names: Names) -> Iterator[LimitInForce]:
    """Everything that limits the search, one by one."""
    for limit in (*LIMITS.values(), "documents"):
        for value in url.values(limit):
            yield LimitInForce(names.title(limit), names.of(limit, value), url.toggled(limit, value).path())
    for limit in ("dated_from", "dated_until", "as_of"):
        day: date | None = getattr(url, limit)
        if day:
            yield LimitInForce(names.title(limit), day.isoformat(), url.changed(**{limit: None}).path())
