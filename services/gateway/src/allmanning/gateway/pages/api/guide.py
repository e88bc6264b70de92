"""`/api`: how a program asks, for those who write it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from allmanning.contracts.generate.v1.generate_pb import Reason
from allmanning.gateway.api.embeddings import MAX_TOKENS
from allmanning.gateway.api.parameters import UNSUPPORTED, WITHOUT_EFFECT
from allmanning.gateway.api.response_format import SHAPE
from allmanning.gateway.examples import examples
from allmanning.gateway.links import origin_of
from allmanning.gateway.rendering import render
from allmanning.gateway.shapes import OUTCOMES

router = APIRouter()


@router.get("/api")
async def api_page(request: Request) -> Response:
    """The page; what can be listed is listed from the code that decides it."""
    origin = origin_of(request)
    fields = SHAPE["properties"]
    return render(
        request,
        "api/page.html",
        {
            "origin": origin,
            "examples": examples(origin),
            "outcomes": list(OUTCOMES.values()),
            "reasons": [each.name.lower() for each in Reason if each is not Reason.UNSPECIFIED],
            "unsupported": list(UNSUPPORTED),
            "without_effect": list(WITHOUT_EFFECT),
            "fields": list(fields) if isinstance(fields, dict) else [],
            "embedding_tokens": MAX_TOKENS,
        },
    )
