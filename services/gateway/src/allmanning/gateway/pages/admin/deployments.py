"""`/admin/deployments`: where the service may answer by itself, who decided it, and the button that stops it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from allmanning.gateway.api import deployments as api
from allmanning.gateway.api.rules import Settling
from allmanning.gateway.asker import Asker, TheParts
from allmanning.gateway.language import marked
from allmanning.gateway.pages.form_page import form_page
from allmanning.gateway.pages.staff import staff
from allmanning.gateway.parts import Parts
from allmanning.gateway.rendering import render
from allmanning.gateway.signin.freshness import require_fresh
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime.errors import InvalidInput, PlatformError

router = APIRouter(prefix="/admin/deployments")

CHANNELS: Final[Mapping[api.Channel, str]] = {
    "medborgare": marked("Invånare på sidorna"),
    "intern": marked("Medarbetare"),
    "api": marked("Program"),
}
_TEMPLATE: Final = "admin/deployments.html"
_Reason = Annotated[str, Form(max_length=2_000)]


class DecisionForm(BaseModel):
    """A decision as the form has it; uses stand with a comma between."""

    use_cases: str = "allmän fråga"
    channels: list[str] = []
    dnr: str = ""
    official: str = ""
    quality: str = ""
    valid_from: str = ""
    valid_to: str = ""
    delegation: str = ""
    ai_act: str = ""

    def decision(self) -> api.DeploymentIn:
        """What the API takes.

        Raises:
            InvalidInput: `field.invalid`.
        """
        try:
            return api.DeploymentIn(
                use_cases=[each.strip() for each in self.use_cases.split(",") if each.strip()],
                channels=_channels(self.channels),
                dnr=self.dnr.strip(),
                official=self.official.strip(),
                quality=self.quality.strip(),
                valid_from=self.valid_from,
                valid_to=self.valid_to,
                delegation=self.delegation.strip(),
                ai_act=self.ai_act.strip(),
            )
        except ValueError as error:
            raise InvalidInput("field.invalid", "Något fält är längre än vad som tas emot.") from error


@router.get("")
async def deployments_page(request: Request, parts: TheParts) -> Response:
    """What is decided, what waits, and what is stopped."""
    asker = staff(request, Permission.HALT)
    return render(request, _TEMPLATE, await _values(request, asker, parts))


@router.post("")
async def propose(request: Request, parts: TheParts, given: Annotated[DecisionForm, Form()]) -> Response:
    """Propose a decision; another person approves it."""
    asker = staff(request, Permission.DEPLOYMENTS_WRITE)
    try:
        await api.propose(given.decision(), asker, parts)
    except PlatformError as error:
        return await _again(request, asker, parts, error, form=given)
    return RedirectResponse("/admin/deployments", status_code=303)


@router.post("/{deployment_id}/approve")
async def approve(request: Request, parts: TheParts, deployment_id: str) -> Response:
    """Put a proposed decision into force."""
    asker = staff(request, Permission.DEPLOYMENTS_WRITE)
    require_fresh(request, asker)
    try:
        await api.approve(deployment_id, asker, parts)
    except PlatformError as error:
        return await _again(request, asker, parts, error)
    return RedirectResponse("/admin/deployments", status_code=303)


@router.post("/{deployment_id}/end")
async def end(request: Request, parts: TheParts, deployment_id: str, reason: _Reason = "") -> Response:
    """Withdraw a decision at once."""
    asker = staff(request, Permission.DEPLOYMENTS_WRITE)
    try:
        await api.end(deployment_id, Settling(reason=_said(reason)), asker, parts)
    except PlatformError as error:
        return await _again(request, asker, parts, error)
    return RedirectResponse("/admin/deployments", status_code=303)


@router.post("/halt")
async def halt(
    request: Request,
    parts: TheParts,
    reason: _Reason = "",
    channels: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies defaults
) -> Response:
    """Stop automatic answers, in some channels or all; whoever works here may."""
    asker = staff(request, Permission.HALT)
    try:
        await api.halt(api.HaltIn(channels=_channels(channels), reason=_said(reason)), asker, parts)
    except PlatformError as error:
        return await _again(request, asker, parts, error)
    return RedirectResponse("/admin/deployments", status_code=303)


@router.post("/halts/{halt_id}/resume")
async def resume(request: Request, parts: TheParts, halt_id: str, reason: _Reason = "") -> Response:
    """Lift a stop."""
    asker = staff(request, Permission.DEPLOYMENTS_WRITE)
    require_fresh(request, asker)
    try:
        await api.resume(halt_id, Settling(reason=_said(reason)), asker, parts)
    except PlatformError as error:
        return await _again(request, asker, parts, error)
    return RedirectResponse("/admin/deployments", status_code=303)


def _channels(written: list[str]) -> list[api.Channel]:
    return [each for each in get_args(api.Channel) if each in written]


def _said(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("audit.reason_missing", "Skriv varför. (Say why.)")
    return reason.strip()


async def _values(request: Request, asker: Asker, parts: Parts, form: DecisionForm | None = None) -> dict[str, object]:
    known = await api.deployments(request, asker, parts)
    standing = [each for each in known["stops"] if not each["resumed_at"]]
    return {
        "deployments": known["deployments"],
        "stops": standing,
        "channels": CHANNELS,
        "form": form or DecisionForm(channels=["medborgare", "intern", "api"]),
        "filled": form is not None,
        "problem": None,
    }


async def _again(
    request: Request, asker: Asker, parts: Parts, error: PlatformError, form: DecisionForm | None = None
) -> Response:
    return form_page(request, _TEMPLATE, await _values(request, asker, parts, form), error)
