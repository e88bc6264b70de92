"""The explanation to the person concerned: what was done, by which rule, from which sources, and the system's part.

GDPR art. 15.1 h (the logic that was in fact applied) and AI Act art. 86 (the system's role, the main elements). Built
from what is logged alone, without the texts of the case: whoever has the decision's number may have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from allmanning.audit.gate.logged import Evaluation
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.audit.inspection.chain import Chain, Link
from allmanning.audit.inspection.counterfactual import VERDICTS, logged_facts, variations, words_of
from allmanning.audit.inspection.seen import passages, row_of
from allmanning.audit.log.json_path import text
from allmanning.audit.log.reading import StoredPin
from allmanning.runtime.record import Json

OUTCOMES: Final = {
    "answered": ("Du fick ett svar direkt.", "You were given an answer at once."),
    "abstained": (
        "Du fick inget svar, för myndighetens dokument gav inget säkert stöd.",
        "You were given no answer, because the authority's documents gave no sure support.",
    ),
    "refused": ("Frågan besvarades inte.", "The question was not answered."),
    "handed_over": ("Frågan lämnades till en människa.", "The question was handed to a person."),
    "review": (
        "En handläggare ser på svaret innan det lämnas.",
        "A caseworker looks at the answer before it is given.",
    ),
}
_UNFINISHED: Final = ("Ärendet är inte avslutat i loggen.", "The matter has not ended in the log.")
_MAX_VARIATIONS: Final = 12


def explained(chain: Chain, pins: Mapping[str, StoredPin]) -> dict[str, Json]:
    """Paragraphs in Swedish (`sv`) and English (`en`), and what they rest on under `grounds`."""
    told = [
        _outcome(chain),
        _machine(chain),
        _human(chain),
        *(_rule(each, pins) for each in chain.of("gate.evaluated")),
    ]
    told += [_sources(chain), _varied(chain, pins), _RIGHTS]
    return {
        "decision": chain.decision,
        "sv": [swedish for swedish, _ in told if swedish],
        "en": [english for _, english in told if english],
        "grounds": [each.leaf.id for each in chain.links],
    }


_RIGHTS: Final = (
    (
        "Du kan begära att en människa ser på saken, och du kan säga emot svaret. Förklaringen bygger bara på det som "
        "står i beslutsloggen."
    ),
    (
        "You may ask for a person to look at the matter, and you may contest the answer. This explanation rests on "
        "nothing but the decision log."
    ),
)


def _outcome(chain: Chain) -> tuple[str, str]:
    return OUTCOMES.get(chain.said("outcome"), _UNFINISHED)


def _machine(chain: Chain) -> tuple[str, str]:
    drafted = chain.last("draft.generated")
    if drafted is None:
        return (
            "Systemet tillämpade regler. Ingen språkmodell formulerade något.",
            "The system applied rules. No language model wrote anything.",
        )
    model = drafted.leaf.text("model")
    return (
        (
            f"Systemet sökte i myndighetens dokument och tog fram ett utkast med {model}. Varje mening prövades mot "
            "den text den hänvisar till. Reglerna, inte modellen, avgjorde vad som fick lämnas."
        ),
        (
            f"The system searched the authority's documents and made a draft with {model}. Each sentence was checked "
            "against the text it refers to. The rules, not the model, decided what could be given."
        ),
    )


def _human(chain: Chain) -> tuple[str, str]:
    closed = chain.last("review.closed")
    if closed:
        words = {"approved": "godkände", "edited": "ändrade", "rejected": "avslog"}
        english = {"approved": "approved", "edited": "changed", "rejected": "rejected"}
        state = closed.leaf.text("review", "state")
        if closed.leaf.text("review", "contest"):
            return (
                (
                    "Någon ifrågasatte svaret. En handläggare prövade det igen och "
                    f"{words.get(state, 'avgjorde')} det den {closed.leaf.time[:10]}."
                ),
                (
                    "Somebody contested the answer. A caseworker tried it again and "
                    f"{english.get(state, 'settled')} it on {closed.leaf.time[:10]}."
                ),
            )
        return (
            f"En handläggare {words.get(state, 'avgjorde')} svaret den {closed.leaf.time[:10]}.",
            f"A caseworker {english.get(state, 'settled')} the answer on {closed.leaf.time[:10]}.",
        )
    if chain.of("review.opened"):
        return "Ingen handläggare har avgjort saken ännu.", "No caseworker has settled the matter yet."
    return "Ingen människa såg på svaret innan det lämnades.", "No person looked at the answer before it was given."


def _rule(link: Link, pins: Mapping[str, StoredPin]) -> tuple[str, str]:
    rule_id, basis = link.leaf.text("gate", "rule_id"), link.leaf.text("gate", "legal_basis")
    row = row_of(pins.get(link.leaf.text("gate", "rules")), rule_id)
    words = text(row, "text") or link.content("reason")
    law = f" ({basis})" if basis else ""
    return (
        f"Regel {rule_id}{law} gällde: {words}" if words else f"Regel {rule_id}{law} gällde.",
        f"Rule {rule_id}{law} applied; its text is in Swedish above." if words else f"Rule {rule_id}{law} applied.",
    )


def _sources(chain: Chain) -> tuple[str, str]:
    found = passages(chain)
    documents = sorted({text(each, "title") or text(each, "document") for each in found if each["cited"]})
    if not found:
        return "Inga dokument söktes.", "No documents were searched."
    if not documents:
        return (
            f"{len(found)} stycken hittades, och inget av dem användes i svaret.",
            f"{len(found)} passages were found, and none of them was used in the answer.",
        )
    names = "; ".join(documents)
    return f"Svaret bygger på: {names}.", f"The answer rests on: {names}."


def _varied(chain: Chain, pins: Mapping[str, StoredPin]) -> tuple[str, str]:
    """What would have led to another verdict, from the last evaluation that can be run again."""
    for link in reversed(chain.of("gate.evaluated")):
        pin = pins.get(link.leaf.text("gate", "rules"))
        facts = logged_facts(link.contents.get("input"))
        told = Evaluation.of(link.leaf.fields)
        if pin is None or facts is None or told is None:
            continue
        try:
            rules = Ruleset.from_pin(pin.content)
        except BadRules:
            continue
        found = [each for each in variations(rules, facts, told.around) if each.was is not None][:_MAX_VARIATIONS]
        if not found:
            return (
                "Ingen enskild uppgift hade ändrat utgången.",
                "No single circumstance would have changed the outcome.",
            )
        swedish = "; ".join(
            f"om {each.column} hade varit {words_of(each.instead)} i stället för {words_of(each.was)}: "
            f"{VERDICTS[each.rule.verdict][0]} (regel {each.rule.id})"
            for each in found
        )
        english = "; ".join(
            f"had “{each.column}” been {words_of(each.instead)} instead of {words_of(each.was)}: "
            f"{VERDICTS[each.rule.verdict][1]} (rule {each.rule.id})"
            for each in found
        )
        return f"Det här hade lett till något annat: {swedish}.", f"This would have led elsewhere: {english}."
    return "", ""
