"""A search as the address of its page says it, so that it can be kept, shared and gone back to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from allmanning.gateway.api.query import Filters, Limits, OrderName, Query

# Where in the result a reader is; another search begins at its first page.
_PLACE = {"cursor": "", "page": 1}


class SearchUrl(Limits):
    """The parameters of `/search`: those of the API under the same names, the question as `q`.

    `page` only counts, 1-based; `cursor` is what leads to it.
    """

    q: str = ""
    order: OrderName = "relevance"
    cursor: str = ""
    page: Annotated[int, Field(ge=1)] = 1

    def query(self, limit: int) -> Query:
        filters = Filters(**self.model_dump(include=set(Limits.model_fields)))
        return Query(query=self.q, limit=limit, filters=filters, order=self.order, cursor=self.cursor, facets=True)

    def fields(self, *without: str) -> Iterator[tuple[str, str]]:
        """What is not at its default, by name, for an address or a form."""
        said = self.model_dump(mode="json", exclude_defaults=True, exclude={"q", *without})
        if self.q and "q" not in without:
            yield "q", self.q
        for name, value in said.items():
            yield from ((name, str(each)) for each in (value if isinstance(value, list) else [value]))

    def path(self, page: str = "/search") -> str:
        """The address of this search, or of another page that leads back to it."""
        query = urlencode(list(self.fields()))
        return f"{page}?{query}" if query else page

    def changed(self, **changes: object) -> SearchUrl:
        """Another search, from its first page."""
        return self.model_copy(update={**_PLACE, **changes})

    def next_page(self, cursor: str) -> SearchUrl:
        return self.changed(cursor=cursor, page=self.page + 1)

    def values(self, limit: str) -> list[str]:
        """The values that a list such as `collections` limits to."""
        values: list[str] = getattr(self, limit)
        return values

    def toggled(self, limit: str, value: str) -> SearchUrl:
        """The same search with the value among those of `limit`, or without it if it is there."""
        values = self.values(limit)
        return self.changed(
            **{limit: [each for each in values if each != value] if value in values else [*values, value]}
        )

    @property
    def only_in_collections(self) -> bool:
        """No other limit than collections is in force: those an answer can keep to."""
        return not set(self.model_dump(exclude_defaults=True)) - {"q", "collections", *_PLACE, "order"}

    def unlimited(self) -> SearchUrl:
        """The question alone, in its order."""
        return SearchUrl(q=self.q, order=self.order)
