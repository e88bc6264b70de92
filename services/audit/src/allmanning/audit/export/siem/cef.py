"""Common Event Format: ArcSight, Implementing CEF, version 23 (2016), with its keys and its escaping."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Final

from allmanning.audit.export.siem.event import SiemEvent

_VENDOR, _PRODUCT = "Allmanning", "audit"
# The guide's names for who may do what (spriv): typical values are Administrator, User and Guest.
_PRIVILEGES: Final = {"admin": "Administrator", "auditor": "User", "caseworker": "User", "citizen": "Guest"}
# What may stand in a key's value only escaped: a reader splits at `=`, and a line break would end the event.
_IN_VALUE: Final = str.maketrans({"\\": r"\\", "=": r"\=", "\n": r"\n", "\r": r"\r"})
_IN_HEADER: Final = str.maketrans({"\\": r"\\", "|": r"\|", "\n": " ", "\r": " "})


def milliseconds(time: str) -> int:
    """A record's time since 1970."""
    return round(datetime.fromisoformat(time).timestamp() * 1000)


def cef(event: SiemEvent) -> str:
    """One line: `CEF:0|vendor|product|version|signature id|name|severity|extension`, without a line break."""
    header = (_VENDOR, _PRODUCT, version("allmanning-audit"), event.kind, event.title, str(event.severity.value))
    extension = {
        "rt": str(milliseconds(event.time)),
        "cat": event.act.value,
        "act": event.kind,
        "outcome": "failure" if event.failed else "success",
        "externalId": event.id,
        "sourceServiceName": event.service,
        "spriv": _PRIVILEGES.get(event.role, ""),
        "reason": event.reason,
    } | _labelled(
        {"authority": event.authority, "decision": event.decision, "role": event.role, "unit": event.unit}, "cs"
    )
    if event.place:
        extension |= {"cn1": str(event.place), "cn1Label": "place"}
    said = " ".join(f"{key}={value.translate(_IN_VALUE)}" for key, value in extension.items() if value)
    return f"CEF:0|{'|'.join(each.translate(_IN_HEADER) for each in header)}|{said}"


def _labelled(values: dict[str, str], key: str) -> dict[str, str]:
    """Custom strings, each with the label that says what it is; a number always means the same."""
    found: dict[str, str] = {}
    for number, (label, value) in enumerate(values.items(), 1):
        if value:
            found |= {f"{key}{number}": value, f"{key}{number}Label": label}
    return found
