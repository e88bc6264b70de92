"""A meeting invitation in a mail (iCalendar, RFC 5545): what it is about, when and where."""

from __future__ import annotations

import re
from typing import Final

_SAID: Final = {"SUMMARY": "Möte", "DTSTART": "Börjar", "DTEND": "Slutar", "LOCATION": "Plats", "DESCRIPTION": ""}
_LINE: Final = re.compile(r"^(SUMMARY|DTSTART|DTEND|LOCATION|DESCRIPTION)(?:;[^:\n]*)?:(.+)$", re.MULTILINE)
_WHEN: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ESCAPED: Final = re.compile(r"\\([nN,;\\])")


def invitation_text(calendar: str) -> str:
    """The first meeting in a calendar, a paragraph for each thing said of it."""
    unfolded = re.sub(r"\r?\n[ \t]", "", calendar)
    _, _, event = unfolded.partition("BEGIN:VEVENT")
    said: dict[str, str] = {}
    for name, value in _LINE.findall(event.partition("END:VEVENT")[0]):
        said.setdefault(name, _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value.strip()))
    paragraphs = []
    for name, label in _SAID.items():
        value = _when(said[name]) if name in ("DTSTART", "DTEND") and name in said else said.get(name, "")
        if value:
            paragraphs.append(f"{label}: {value}" if label else value)
    return "\n\n".join(paragraphs)


def _when(written: str) -> str:
    found = _WHEN.match(written)
    if not found:
        return written
    year, month, day, hour, minute, universal = found.groups()
    date = f"{year}-{month}-{day}"
    return f"{date} {hour}:{minute}{' UTC' if universal else ''}" if hour else date
