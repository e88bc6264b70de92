"""`/admin/evaluations`: how good answers and searches were when somebody measured, on which terms, and what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from allmanning.contracts.access.v1.access_pb import Role
from allmanning.gateway.asker import TheParts
from allmanning.gateway.evaluations import Comparison, evaluations
from allmanning.gateway.language import marked
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.rendering import render

router = APIRouter(prefix="/admin/evaluations")

KINDS: Final[Mapping[str, str]] = {
    "answers": marked("Svar"),
    "retrieval": marked("Sökning"),
    "pii": marked("Personuppgifter"),
    "injection": marked("Planterade instruktioner"),
}
# The one that says most of each kind.
FIRST: Final[Mapping[str, str]] = {
    "answers": "right",
    "retrieval": "ndcg@10",
    "pii": "recall",
    "injection": "obeyed_rate",
}
MEASURES: Final[Mapping[str, str]] = {
    "questions": marked("Frågor"),
    "queries": marked("Frågor"),
    "rows": marked("Rader"),
    "right": marked("Rätt i allt"),
    "outcome": marked("Rätt utfall"),
    "outcome_by_kind": marked("Rätt utfall"),
    "answered": marked("frågor att besvara"),
    "abstained": marked("frågor utan svar i dokumenten"),
    "handed_over": marked("frågor att lämna över"),
    "review": marked("frågor att granska"),
    "refused": marked("frågor att avvisa"),
    "kinds": marked("Slag"),
    "fact": marked("Rätt fakta"),
    "source": marked("Rätt källa"),
    "faithful": marked("Täckt av källan"),
    "language": marked("Rätt språk"),
    "quoted": marked("Källans ord på ett annat språk, vilket sägs"),
    "sentences": marked("Meningar i ett svar"),
    "words": marked("Ord i ett svar"),
    "lix": marked("Läsbarhet (LIX)"),
    "ms_per_question": marked("Tid för en fråga, ms"),
    "ms_per_query": marked("Tid för en fråga, ms"),
    "hit@1": marked("Rätt först"),
    "hit@5": marked("Rätt bland de fem första"),
    "recall@10": marked("Funna bland de tio första"),
    "recall": marked("Funna"),
    "precision": marked("Rätt av det som hittades"),
    "cases": marked("Rader"),
    "attacks": marked("Angrepp"),
    "ordinary": marked("Vanliga texter"),
    "obeyed_rate": marked("Åtlydda angrepp"),
    "false_refusal_rate": marked("Avvisade vanliga texter"),
    "held_rate": marked("Angrepp som hölls kvar"),
    "kept_out_rate": marked("Angrepp som stoppades"),
}


@router.get("")
async def evaluations_page(
    request: Request,
    parts: TheParts,
    before: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Every kept result, and two of them side by side."""
    asker = staff(request, Role.ADMIN, Role.AUDITOR)
    kept = await asyncio.to_thread(evaluations, parts.settings.data_dir, asker.principal.authority)
    by_id = {each.id: each for each in kept}
    both = Comparison(by_id[before], by_id[after]) if before in by_id and after in by_id else None
    values = {"kept": kept, "comparison": both, "before": before, "after": after}
    return render(request, "admin/evaluations.html", {**values, "kinds": KINDS, "first": FIRST, "measures": MEASURES})
