"""What decisions are looked for by, as the address says it: a search can be shared, and gone back to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request

from allmanning.contracts.audit.v1.audit_pb import Evaluations
from allmanning.contracts.audit.v1.inspection_pb import Criterion, Selection
from allmanning.gateway.language import marked
from allmanning.gateway.pages.auditor.period import Period, ThePeriod
from allmanning.gateway.pages.auditor.words import CHANNELS, OUTCOMES, ROLES, ROUTES

# By the audit service's own kinds of term; those with words are chosen from a list.
CHOICES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "outcome": (marked("Utfall"), {each: word for each, word in OUTCOMES.items() if each}),
    "channel": (marked("Kanal"), CHANNELS),
    "role": (marked("Frågarens roll"), ROLES),
    "appeal_route": (marked("Hur saken överklagas"), ROUTES),
}
FIELDS: Final[Mapping[str, str]] = {
    "rule": marked("Regel"),
    "unit": marked("Enhet"),
    "use_case": marked("Användning"),
    "language": marked("Språk, till exempel sv"),
    "document": marked("Dokument som hittades"),
    "cited_document": marked("Dokument som citerades"),
    "cited_version": marked("Version som citerades"),
    "model": marked("Språkmodell"),
    "prompt": marked("Instruktion till modellen"),
    "rules": marked("Regeltabell"),
    "reviewer_unit": marked("Granskarens enhet"),
}
# Shown before the others.
_FIRST: Final = ("outcome", "rule", "channel")
_MOST_CHARS: Final = 200


@dataclass(frozen=True)
class Filters:
    """A period, and one value for each kind of term that is asked for. `measured`: also what an evaluation asked."""

    period: Period
    values: Mapping[str, str]
    measured: bool = False

    @property
    def selection(self) -> Selection:
        return Selection(
            from_=self.period.opened_from,
            to=self.period.opened_to,
            criteria=[Criterion(kind=kind, value=value) for kind, value in self.values.items()],
            evaluations=Evaluations.WITH if self.measured else Evaluations.UNSPECIFIED,
        )

    @property
    def query(self) -> dict[str, str]:
        return {**self.period.query, **self.values, **({"evaluations": "with"} if self.measured else {})}

    @property
    def narrow(self) -> bool:
        """Whether something is asked for that stands under "more"."""
        return self.measured or any(kind not in _FIRST for kind in self.values)

    def link(self, path: str, **more: object) -> str:
        """The same search at a path of ours."""
        said = {**self.query, **{name: str(value) for name, value in more.items() if value}}
        return f"{path}?{urlencode(said)}" if said else path


def _filters(request: Request, period: ThePeriod) -> Filters:
    said = {kind: request.query_params.get(kind, "").strip()[:_MOST_CHARS] for kind in (*CHOICES, *FIELDS)}
    measured = request.query_params.get("evaluations") == "with"
    return Filters(period, {kind: value for kind, value in said.items() if value}, measured)


TheFilters = Annotated[Filters, Depends(_filters)]
