"""How the platform is, in words and in figures."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from typing_extensions import TypedDict

from allmanning.gateway.api.media import answers
from allmanning.gateway.asker import TheParts
from allmanning.gateway.language import api_language, translate
from allmanning.gateway.roll_call import roll_call

router = APIRouter(tags=["health"])


class ServiceHealth(TypedDict):
    """One service: how many instances answer, and that in words."""

    state: Literal["up", "down"]
    instances: int
    text: str


class Health(TypedDict):
    """`ok` when everything that answers need is running."""

    status: Literal["ok", "unavailable"]
    text: str
    services: dict[str, ServiceHealth]


@router.get(
    "/health",
    response_model=Health,
    responses={503: {"description": "Something needed is not running", "model": Health}},
)
async def health(request: Request, parts: TheParts) -> Response:
    """Which services answer now; 503 when one that is needed does not."""
    language = api_language(request.headers)
    expected = [name for name in parts.settings.expected_services.split(",") if name]
    answered = await roll_call(parts.bus, expected)
    services = {name: _service(count, language) for name, count in (answered or dict.fromkeys(expected, 0)).items()}
    missing = [name for name in expected if services[name]["state"] == "down"]
    if answered is None:
        text = translate("NATS svarar inte.", language)
    elif missing:
        text = translate("Svarar inte: {names}.", language, names=", ".join(missing))
    else:
        text = translate("Alla tjänster svarar.", language)
    well = answered is not None and not missing
    body = Health(status="ok" if well else "unavailable", text=text, services=services)
    headers = {} if well else {"Retry-After": "5"}
    return JSONResponse(body, status_code=200 if well else 503, headers=headers)


def _service(instances: int, language: str) -> ServiceHealth:
    if not instances:
        return ServiceHealth(state="down", instances=0, text=translate("svarar inte", language))
    return ServiceHealth(state="up", instances=instances, text=translate("svarar", language))


@router.get("/metrics", response_class=Response, responses=answers("text/plain"))
async def metrics(parts: TheParts) -> Response:
    """Prometheus' text format."""
    return Response(parts.metrics.text(), media_type=parts.metrics.content_type)
