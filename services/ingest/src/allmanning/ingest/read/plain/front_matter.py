"""Metadata that an author writes at the top of a Markdown file, between lines of three dashes."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import yaml

from allmanning.ingest.read.plain.statute import day_before

KEYS: Final = (
    "title",
    "document_type",
    "secrecy",
    "secrecy_provision",
    "owner_unit",
    "shared",
    "valid_from",
    "valid_to",
    "record_type",
    "retention",
    "review_on",
)
# A class is written there, and not so that it can be read.
UNREADABLE: Final = "?"
_SECRECY: Final = re.compile(r"^[ \t\"']*secrecy[ \t\"']*:", re.MULTILINE | re.IGNORECASE)
_BLOCK: Final = re.compile(r"\A---[ \t]*\n(.{0,60000}?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The metadata we know, as strings, and the rest of the text. A block that is no YAML mapping stays text.

    A secrecy class in it counts nevertheless, as `UNREADABLE`.
    """
    match = _BLOCK.match(text)
    if match is None:
        return {}, text
    try:
        values = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return {"secrecy": UNREADABLE} if _SECRECY.search(match.group(1)) else {}, text
    known = {key: _written(values[key]) for key in KEYS if key in values}
    if isinstance(values.get("secrecy"), (dict, list)):
        known["secrecy"] = UNREADABLE
    return {key: value for key, value in {**_statute(values), **known}.items() if value}, text[match.end() :]


def _statute(values: dict[object, object]) -> dict[str, str]:
    """What the common Markdown edition of the statute book (se-lex/sfs) says of an act, under the names used here."""
    name, number = _written(values.get("rubrik")), _number(values.get("beteckning"))
    if not name or not number:
        return {}
    return {
        "title": name if number in name else f"{name} ({number})",
        "document_type": "författning",
        "valid_from": _day(values.get("ikraft_datum")),
        "valid_to": day_before(_day(values.get("upphor_datum"))),
    }


def _number(value: object) -> str:
    # YAML takes 1990:52 for a number to the base of sixty.
    return f"{value // 60}:{value % 60}" if isinstance(value, int) else _written(value)


def _day(value: object) -> str:
    # YAML has made a date of what is one.
    return value.isoformat() if type(value) is date else ""


def _written(value: object) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()
