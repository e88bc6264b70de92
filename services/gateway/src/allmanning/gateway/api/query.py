"""A search as the caller words it: the question, what to search in and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.passage.v1.passage_pb import Filter, Order
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchRequest
from allmanning.gateway.api.exact import Whole, YesNo
from allmanning.gateway.api.iso_day import IsoDay
from allmanning.gateway.api.text import Text
from allmanning.gateway.repeating import repeatable
from allmanning.gateway.shapes import SECRECIES

OrderName: TypeAlias = Literal["relevance", "newest", "oldest"]
SecrecyName: TypeAlias = Literal["open", "internal", "secret"]

_ORDERS: Final[Mapping[OrderName, Order]] = {
    "relevance": Order.UNSPECIFIED,
    "newest": Order.NEWEST,
    "oldest": Order.OLDEST,
}
_CLASSES: Final = {name: secrecy for secrecy, name in SECRECIES.items()}


def _given(day: date | Literal[""] | None) -> date | None:
    return day or None


# A form sends an empty text for a date that nobody chose.
Day: TypeAlias = Annotated[IsoDay | Literal[""] | None, AfterValidator(_given)]
Values: TypeAlias = Annotated[list[Text], Field(max_length=100)]


class Limits(BaseModel):
    """What to search in. Values of one field are alternatives; an empty field limits nothing."""

    collections: Values = []
    documents: Values = []
    authorities: Values = []
    document_types: Values = []
    media_types: Values = []
    secrecy: list[SecrecyName] = []
    dated_from: Day = None
    dated_until: Day = None
    as_of: Day = None

    def filter(self) -> Filter:
        return Filter(
            collections=self.collections,
            documents=self.documents,
            authorities=self.authorities,
            document_types=self.document_types,
            media_types=self.media_types,
            secrecies=[_CLASSES[each] for each in self.secrecy],
            dated_from=iso(self.dated_from),
            dated_until=iso(self.dated_until),
        )


class Filters(Limits):
    """The limits in a request's body. A name that we don't know is refused, for it would limit nothing."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: object) -> object:
        unknown = sorted(given.keys() - cls.model_fields.keys()) if isinstance(given, dict) else []
        if unknown:
            context = {"name": repeatable(unknown[0]), "expected": ", ".join(cls.model_fields)}
            raise PydanticCustomError("unknown_name", "unknown name", context)
        return given


class Query(BaseModel):
    """A search. “…” asks for the words as they stand, -word for passages without it.

    `cursor` is `next` of the page before, of the same search.
    """

    query: Text
    limit: Annotated[Whole, Field(ge=1, le=100)] = 10
    filters: Filters | None = None
    order: OrderName = "relevance"
    cursor: Text | None = None
    facets: YesNo = False

    def request(self, principal: Principal) -> SearchRequest:
        """The same search as the retrieve service is asked for it."""
        limits = self.filters or Filters()
        return SearchRequest(
            principal=principal,
            query=self.query,
            limit=self.limit,
            as_of=iso(limits.as_of),
            filter=limits.filter(),
            order=_ORDERS[self.order],
            cursor=self.cursor or "",
            facets=self.facets,
        )


def iso(day: date | Literal[""] | None) -> str:
    """As the contracts write a day: empty for none."""
    return day.isoformat() if day else ""
