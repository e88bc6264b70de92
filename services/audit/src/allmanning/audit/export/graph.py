"""A provenance graph in PROV-JSON (W3C Member Submission 24 April 2013; the model is PROV-DM, W3C Recommendation 2013).

An identifier is `prefix:local`. A relation gets a blank identifier of its own (`_:used1`), because it carries no more
than what it relates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from allmanning.runtime.record import Json

# PROV-DM 5.1-5.3: the relations made here, and the two things that each relates.
RELATIONS: Final = {
    "used": ("activity", "entity"),
    "wasGeneratedBy": ("entity", "activity"),
    "wasInformedBy": ("informed", "informant"),
    "wasDerivedFrom": ("generatedEntity", "usedEntity"),
    "wasAttributedTo": ("entity", "agent"),
    "wasAssociatedWith": ("activity", "agent"),
    "actedOnBehalfOf": ("delegate", "responsible"),
}


def named(prefix: str, *local: str) -> str:
    """A qualified name whose local part holds nothing that PROV-N would read as its own punctuation."""
    return f"{prefix}:{'/'.join(quote(each, safe='@') for each in local)}"


class Graph:
    """Things and what relates them; adding the same twice changes nothing."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = dict(prefixes)
        self._things: dict[str, dict[str, dict[str, Json]]] = {"entity": {}, "activity": {}, "agent": {}}
        self._relations: dict[str, dict[tuple[str, str], dict[str, Json]]] = {}

    def entity(self, name: str, **attributes: Json) -> str:
        return self._add("entity", name, attributes)

    def activity(self, name: str, ended: str, **attributes: Json) -> str:
        """`ended`: when its record was written; when it began is not on record."""
        self._things["activity"].setdefault(name, {})["prov:endTime"] = ended
        return self._add("activity", name, attributes)

    def agent(self, name: str, **attributes: Json) -> str:
        return self._add("agent", name, attributes)

    def _add(self, kind: str, name: str, attributes: Mapping[str, Json]) -> str:
        known = self._things[kind].setdefault(name, {})
        known |= {_attribute(key): _value(key, value) for key, value in attributes.items() if value not in ("", None)}
        return name

    def relate(self, relation: str, one: str, other: str, **more: str) -> None:
        """`one` stands in `relation` to `other`; `more` holds further members, such as `plan` or `time`."""
        if one == other:
            return
        first, second = RELATIONS[relation]
        members = {first: one, second: other} | more
        self._relations.setdefault(relation, {})[one, other] = {f"prov:{key}": value for key, value in members.items()}

    def document(self) -> dict[str, Json]:
        """The PROV-JSON document."""
        document: dict[str, Json] = {"prefix": dict(self._prefixes)}
        document |= {kind: things for kind, things in self._things.items() if things}
        for relation, found in self._relations.items():
            document[relation] = {f"_:{relation}{number}": each for number, each in enumerate(found.values(), 1)}
        return document


def _attribute(key: str) -> str:
    return f"prov:{key}" if key in ("type", "label", "value") else f"allm:{key}"


def _value(key: str, value: Json) -> Json:
    # PROV-JSON 2.3.1: a qualified name is a typed literal.
    return {"$": value, "type": "prov:QUALIFIED_NAME"} if key == "type" else value
