"""What changed in what the assistant runs with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from typing_extensions import TypedDict

from allmanning.contracts.audit.v1.registers_pb import ListChangesRequest, ListChangesResponse
from allmanning.gateway.asker import Keyed, TheParts
from allmanning.gateway.signin.permission import Permission
from allmanning.runtime import subjects

router = APIRouter(prefix="/v1/registers", tags=["registers"])

# A time as the log writes it, or the beginning of one, such as a day.
Time = Annotated[str, Query(pattern=r"^(?:\d{4}-\d{2}-\d{2}(?:T[\d:.]{1,12}Z)?)?$")]


class ChangeOut(TypedDict):
    """One kind that became another; `told_by` is the config.changed record, empty until it is written."""

    record: str
    kind: str
    at: str
    before: str
    after: str
    told_by: str


class ModificationOut(TypedDict):
    """What differs between the two times, with the difference of the texts where they are kept."""

    kind: str
    before: str
    after: str
    diff: str


class ChangesOut(TypedDict):
    """Changes, newest first, and what differs between the two times."""

    changes: list[ChangeOut]
    modifications: list[ModificationOut]


@router.get("/changes")
async def changes(asker: Keyed, parts: TheParts, first: Time = "", last: Time = "") -> ChangesOut:
    """What changed in model, prompt, rules, configuration, code and index (AI Act art. 12(2)(a)), between two times."""
    asker.require(Permission.REGISTERS_READ)
    request = ListChangesRequest(authority=asker.principal.authority, first=first, last=last)
    known = await parts.bus.call(subjects.AUDIT_LIST_CHANGES, request, ListChangesResponse)
    return ChangesOut(
        changes=[
            ChangeOut(
                record=each.record_id,
                kind=each.kind,
                at=each.at,
                before=each.before,
                after=each.after,
                told_by=each.told_by,
            )
            for each in known.changes
        ],
        modifications=[
            ModificationOut(kind=each.kind, before=each.before, after=each.after, diff=each.diff)
            for each in known.modifications
        ],
    )
