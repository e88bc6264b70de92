"""The time machine: a decision as it was seen then, from its records and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping

from allmanning.audit.inspection.chain import Chain, Link
from allmanning.audit.log.json_path import at, objects, text
from allmanning.audit.log.reading import StoredPin
from allmanning.runtime.record import Json


def seen(chain: Chain, pins: Mapping[str, StoredPin]) -> dict[str, Json]:
    """What was asked, read, applied and told, with the wording that the sources had then.

    `pins` are texts that the records point to, by hash. A text that is gone is None, and named under `gone` with
    the class that it was kept by: an erased text is not the same as an empty one.
    """
    return {
        "decision": chain.decision,
        "opened_at": chain.links[0].leaf.time,
        "outcome": chain.said("outcome"),
        "asked": _first(chain, "question.received", "question"),
        "told": chain.told or None,
        "passages": [dict(each) for each in passages(chain)],
        "held_back": _held_back(chain),
        "gates": [_gate(each, pins) for each in chain.of("gate.evaluated")],
        "prompt": _pinned(chain, pins, "prompt"),
        "model": chain.said("model"),
        "pins": _pins(chain),
        "sentences": [_sentence(each) for each in chain.of("sentence.released")],
        "review": [
            _review(each) for each in chain.of("review.opened", "review.closed", "review.asked", "review.answered")
        ],
        "gone": [
            {"record": each.leaf.id, "kind": each.kind, "part": name, "retention": each.leaf.parts[name].retention}
            for each in chain.links
            for name in each.gone
        ],
        "records": [
            {"id": each.leaf.id, "kind": each.kind, "time": each.leaf.time, "index": each.index, "signed": each.signed}
            for each in chain.links
        ],
    }


def passages(chain: Chain) -> list[dict[str, Json]]:
    """What the search gave, best first. `text` and place are None where the sealed part is gone or never was."""
    found: list[dict[str, Json]] = []
    cited = {
        text(each, "passage") for link in chain.of("sentence.released") for each in objects(link.field("citations"))
    }
    for link in chain.of("retrieval.done"):
        wording = {text(each, "passage"): each for each in objects(link.contents.get("retrieved"))}
        for each in objects(link.field("passages")):
            name = text(each, "passage")
            then = wording.get(name, {})
            found.append(
                {
                    "passage": name,
                    "document": text(each, "document"),
                    "version": text(each, "version"),
                    "score": at(each, "score"),
                    "cited": name in cited,
                    **{key: then.get(key) for key in ("title", "uri", "headings", "page", "start", "end", "text")},
                }
            )
    return found


def _first(chain: Chain, kind: str, part: str) -> str | None:
    return next((each.content(part) for each in chain.of(kind) if each.content(part)), None)


def _held_back(chain: Chain) -> int:
    """How many passages access control kept from the search's result."""
    counts = [each.field("held_back") for each in chain.of("retrieval.done")]
    return sum(each for each in counts if isinstance(each, int) and not isinstance(each, bool))


def _pins(chain: Chain) -> dict[str, Json]:
    pins: dict[str, Json] = {}
    for link in chain.links:
        found = link.field("pins")
        if isinstance(found, Mapping):
            pins |= found
    return pins


def _pinned(chain: Chain, pins: Mapping[str, StoredPin], kind: str) -> str | None:
    pin = pins.get(text(_pins(chain), kind))
    return pin.content.decode("utf-8", "replace") if pin else None


def row_of(rules: StoredPin | None, rule_id: str) -> Json:
    """The row of a pinned decision table, as the lawyers wrote it; None for a guard, or when the table is not kept."""
    if rules is None:
        return None
    try:
        table: Json = json.loads(rules.content)
    except ValueError:
        return None
    rows = [*objects(at(table, "egen", "regler")), *objects(at(table, "nationell", "regler"))]
    return next((dict(each) for each in rows if text(each, "regel") == rule_id), None)


def _gate(link: Link, pins: Mapping[str, StoredPin]) -> dict[str, Json]:
    rules, rule_id = link.leaf.text("gate", "rules"), link.leaf.text("gate", "rule_id")
    return {
        "stage": link.leaf.text("stage"),
        "verdict": link.leaf.text("gate", "verdict"),
        "rule": rule_id,
        "legal_basis": link.leaf.text("gate", "legal_basis"),
        "engine": link.leaf.text("gate", "engine"),
        "rules": rules,
        "reason": link.content("reason") or None,
        "input": link.contents.get("input"),
        "row": row_of(pins.get(rules), rule_id),
    }


def _sentence(link: Link) -> dict[str, Json]:
    return {
        "text": link.content("text") or None,
        "citations": link.field("citations"),
        "quotes": link.contents.get("quotes"),
    }


def _review(link: Link) -> dict[str, Json]:
    return {
        "kind": link.kind,
        "time": link.leaf.time,
        "state": link.leaf.text("review", "state"),
        **dict(link.contents),
    }
