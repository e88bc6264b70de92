"""Open Cybersecurity Schema Framework 1.8.0 (16 March 2026): API Activity 6003, Entity Management 3004, Account Change
3001, Authentication 3002 and Application Error 6008, with what each of them requires.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final, NamedTuple

from allmanning.audit.export.siem.cef import milliseconds
from allmanning.audit.export.siem.event import Act, Severity, SiemEvent
from allmanning.runtime.record import Json, canonical

VERSION: Final = "1.8.0"
_SEVERITIES: Final = {
    Severity.INFORMATIONAL: 1,
    Severity.LOW: 2,
    Severity.MEDIUM: 3,
    Severity.HIGH: 4,
    Severity.CRITICAL: 5,
}
_SUCCESS, _FAILURE = 1, 2


class _Class(NamedTuple):
    """An event class: the schema's uid is the category's times 1000, plus the class's own."""

    category: int
    uid: int
    name: str


_API: Final = _Class(6, 6003, "API Activity")
_ENTITY: Final = _Class(3, 3004, "Entity Management")
_ERROR: Final = _Class(6, 6008, "Application Error")
# Class, activity id and name. 6003 and 3004 number the same: 1 create, 2 read, 3 update, 4 delete.
_AUTHENTICATION: Final = _Class(3, 3002, "Authentication")
_ACCOUNT: Final = _Class(3, 3001, "Account Change")
_ACTS: Final = {
    Act.READ: (_API, 2, "Read"),
    Act.EXPORT: (_API, 2, "Read"),
    Act.REVIEW: (_API, 3, "Update"),
    Act.CONFIGURE: (_ENTITY, 3, "Update"),
    Act.ERASE: (_ENTITY, 4, "Delete"),
    Act.SIGN: (_ERROR, 1, "General Error"),
    Act.SIGN_IN: (_AUTHENTICATION, 1, "Logon"),
    Act.SIGN_OUT: (_AUTHENTICATION, 2, "Logoff"),
    Act.ACCOUNT: (_ACCOUNT, 99, "Other"),
}


def ocsf(event: SiemEvent) -> str:
    """One event as a line of JSON."""
    kind, activity, name = _ACTS[event.act]
    said: dict[str, Json] = {
        "activity_id": activity,
        "activity_name": name,
        "category_uid": kind.category,
        "class_uid": kind.uid,
        "class_name": kind.name,
        "type_uid": kind.uid * 100 + activity,
        "time": milliseconds(event.time),
        "severity_id": _SEVERITIES[event.severity],
        "status_id": _FAILURE if event.failed else _SUCCESS,
        "message": event.title,
        "metadata": _metadata(event),
    }
    if event.reason:
        said["status_code"] = event.reason
    if kind is _API:
        said |= {
            "actor": _actor(event),
            "api": {"operation": event.kind, "service": {"name": event.service}},
            "src_endpoint": {"svc_name": event.service},
        }
    elif kind is _ENTITY:
        said |= {"actor": _actor(event), "entity": {"name": event.kind, "type": "decision log", "uid": event.decision}}
    elif kind in (_AUTHENTICATION, _ACCOUNT):
        said |= {"user": _user(event), "service": {"name": f"allmanning.{event.service}"}}
    unmapped: Mapping[str, Json] = {"role": event.role, "unit": event.unit, "decision": event.decision}
    if known := {key: value for key, value in unmapped.items() if value}:
        said["unmapped"] = known
    return canonical(said).decode()


def _user(event: SiemEvent) -> Json:
    # The class requires a user, by name or id. Who it was is sealed in the record, so the role stands here.
    known = {"admin": (2, "Admin"), "auditor": (1, "User"), "caseworker": (1, "User"), "citizen": (1, "User")}
    type_id, type_name = known.get(event.role, (0, "Unknown"))
    return {"name": event.role or "unknown", "type_id": type_id, "type": type_name}


def _actor(event: SiemEvent) -> Json:
    # The schema's user is a person or an account; who it was is sealed in the record, so the application stands here.
    return {"app_name": f"allmanning.{event.service}"}


def _metadata(event: SiemEvent) -> Json:
    made: dict[str, Json] = {
        "version": VERSION,
        "uid": event.id,
        "event_code": event.kind,
        "log_name": "decision log",
        "tenant_uid": event.authority,
        "original_time": event.time,
        "product": {"name": "audit", "vendor_name": "Allmänning", "version": version("allmanning-audit")},
    }
    if event.place:
        made["sequence"] = event.place
    return made
