"""`/api/problems`: every error by its code, where the `type` of a problem leads."""

from __future__ import annotations

import json
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.gateway.asker import missing
from allmanning.gateway.language import marked, page_language
from allmanning.gateway.problem_codes import GROUPS, PATH, problem_codes
from allmanning.gateway.problems import problem_details
from allmanning.gateway.rendering import render

router = APIRouter()

TITLES: Final = {
    "calls": marked("Anrop och behörighet"),
    "signin": marked("Konton och inloggning"),
    "answers": marked("Frågor och svar"),
    "search": marked("Sökning"),
    "documents": marked("Dokument och källor"),
    "decisions": marked("Beslutslogg, granskning och regler"),
}


@router.get(PATH)
async def problems_page(request: Request) -> Response:
    """The table, in both languages: a code is looked up by whoever reads a log too."""
    groups = {TITLES[group]: [each for each in problem_codes().values() if each.group == group] for group in GROUPS}
    language = page_language(request.query_params, request.headers)
    sample = json.dumps(problem_details(missing(), 401, language), ensure_ascii=False, indent=2)
    return render(request, "api/problems.html", {"groups": groups, "sample": sample})
