"""Which decisions a command is about, as options."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

Where = Annotated[
    list[str],
    typer.Option("--where", "-w", help="Villkor, till exempel document=ID, unit=BN, outcome=answered. Kan upprepas."),
]
Since = Annotated[str, typer.Option("--from", help="Öppnade från, till exempel 2026-11-01.")]
Until = Annotated[str, typer.Option("--to", help="Öppnade före.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="Högst så många.")]
Before = Annotated[int, typer.Option("--before", min=0, help="Nästa sida: det tal som förra sidan gav.")]


def selected(where: Sequence[str], since: str, until: str) -> dict[str, Json]:
    """The selection as the API takes it.

    Raises:
        InvalidInput: `where.invalid`.
    """
    criteria: list[Json] = []
    for each in where:
        kind, equals, value = each.partition("=")
        if not equals or not value:
            raise InvalidInput("where.invalid", f"Skriv --where namn=värde, inte {each}.")
        criteria.append({"kind": kind.strip(), "value": value})
    return {"from": since, "to": until, "criteria": criteria}
