"""What has changed since a decision was made, as far as the log itself tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allmanning.audit.inspection.chain import Chain
from allmanning.runtime.record import Json

_AFTERWARDS: Final = {
    "corrected": "Beslutet är rättat.",
    "contested": "Beslutet är ifrågasatt.",
    "erased": "Uppgifter i beslutet är raderade.",
    "recall.settled": "Beslutet är bedömt i en återkallelse.",
}


@dataclass(frozen=True)
class InForce:
    """What the authority's newest decision rested on: table, model and prompt by their names in the log."""

    rules: str
    model: str
    prompt: str


def since(chain: Chain, now: InForce) -> list[Json]:
    """Each change with its Swedish words; documents are compared by whoever may ask for them."""
    changes: list[Json] = []
    for kind, before, after, words in (
        ("rules", chain.said("gate", "rules"), now.rules, "Reglerna är ändrade sedan dess."),
        ("model", chain.said("model"), now.model, "En annan modell används nu."),
        ("prompt", chain.said("pins", "prompt"), now.prompt, "Instruktionen till modellen är ändrad."),
    ):
        if before and after and before != after:
            changes.append({"kind": kind, "then": before, "now": after, "words": words})
    changes += [
        {"kind": each.kind, "time": each.leaf.time, "record": each.leaf.id, "words": _AFTERWARDS[each.kind]}
        for each in chain.of(*_AFTERWARDS)
    ]
    gone = sum(len(each.gone) for each in chain.links)
    if gone:
        changes.append({"kind": "gone", "parts": gone, "words": f"{gone} delar av innehållet finns inte kvar."})
    return changes
