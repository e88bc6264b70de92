"""Hand out the whole log as a ZIP that verifies offline."""

from __future__ import annotations

from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from allmanning.contracts.audit.v1.audit_pb import ExportRequest, ExportResponse
from allmanning.gateway.asker import Asker
from allmanning.gateway.parts import Parts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Content, now

EXPORT_TIMEOUT_S = 300.0


async def bundle_response(parts: Parts, asker: Asker, request: ExportRequest, *, reason: str) -> Response:
    """The ZIP that is asked for, a piece at a time, after it is on record who takes it and why.

    Raises:
        Forbidden: `auth.forbidden`, for others than auditors and administrators.
        InvalidInput: `reason.missing`, when content is asked for without saying why.
        Unavailable: `audit.unavailable`.
    """
    asker.require(Permission.LOG_EXPORT)
    if request.with_content and not reason.strip():
        raise InvalidInput("reason.missing", "Skriv varför du behöver innehållet. Det sparas i loggen.")
    principal = asker.principal
    # Who takes the log and why; audit itself records what was taken. It is about the whole log, so it has its own id.
    await parts.recorder.record(
        "access.read",
        authority=principal.authority,
        decision_id=uuid7(),
        fields={"role": principal.role.name.lower(), "bundle": True, "with_content": request.with_content},
        parts={"reader": Content({"reason": reason.strip(), "key": principal.key_id})},
    )
    made = await parts.bus.call(subjects.AUDIT_EXPORT, request, ExportResponse, timeout_s=EXPORT_TIMEOUT_S)
    name = f"beslutslogg-{principal.authority}-{now()[:10]}.zip"
    return StreamingResponse(
        parts.exports.read(made.object),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(made.size_bytes),
        },
        background=BackgroundTask(parts.exports.delete, made.object),
    )
