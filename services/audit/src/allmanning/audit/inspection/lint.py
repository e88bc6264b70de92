"""Whether a decision's records show what the law asks: red where it is missing, amber where a person must look.

Read from the leaves alone: that a part was committed to shows that it was written, also after it has been erased.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from allmanning.audit.inspection.chain import ENDS, Chain, Link
from allmanning.audit.inspection.profile import NO_CASE, PROFILES, Demand, normalised
from allmanning.audit.log.json_path import objects
from allmanning.runtime.record import Json

Severity = Literal["red", "amber"]


@dataclass(frozen=True)
class Breach:
    """What is missing, by which provision, in Swedish."""

    code: str
    severity: Severity
    provision: str
    words: str

    def as_json(self) -> Mapping[str, Json]:
        return {"code": self.code, "severity": self.severity, "provision": self.provision, "words": self.words}


@dataclass(frozen=True)
class _Check:
    severity: Severity
    provision: str
    words: str
    holds: Callable[[Chain, Link], bool]


def _wrote(part: str) -> Callable[[Chain, Link], bool]:
    return lambda _, made: part in made.leaf.parts or bool(made.field(part))


def _stated(chain: Chain, *kinds: str) -> bool:
    return bool(chain.of(*kinds))


def _communicated(chain: Chain, made: Link) -> bool:
    """Communicated before the decision, or said why not (FL 25 § first paragraph 1-3)."""
    before = [each for each in chain.of("communicated") if each.leaf.time <= made.leaf.time]
    return bool(before) or bool(made.leaf.text("communication_omitted"))


def _reasoned(part: str) -> Callable[[Chain, Link], bool]:
    return lambda _, made: part in made.leaf.parts or bool(made.field(part)) or bool(made.leaf.text("reasons_omitted"))


def _evidenced(_: Chain, made: Link) -> bool:
    """Each decisive fact names what shows it."""
    facts = list(objects(made.field("facts")))
    return bool(made.leaf.text("reasons_omitted")) or (bool(facts) and all(each.get("evidence") for each in facts))


def _automated(made: Link) -> bool:
    return made.leaf.text("mode") == "automated"


_FL31: Final = "SFS 2017:900, 31 §"
_FL32: Final = "SFS 2017:900, 32 §"
_FL33: Final = "SFS 2017:900, 33 §"
_CHECKS: Final[Mapping[Demand, _Check]] = {
    Demand.DATE: _Check("red", _FL31, "Datum för beslutet saknas.", lambda _, made: bool(made.leaf.text("decided_on"))),
    Demand.CONTENT: _Check("red", _FL31, "Vad beslutet innehåller saknas.", _wrote("content")),
    Demand.DECIDED_BY: _Check("red", _FL31, "Vem eller vilka som fattat beslutet saknas.", _wrote("decided_by")),
    Demand.PRESENTED_BY: _Check("amber", _FL31, "Det framgår inte om någon var föredragande.", _wrote("presented_by")),
    Demand.PARTICIPATED: _Check(
        "amber", _FL31, "Det framgår inte om någon medverkat vid den slutliga handläggningen.", _wrote("participated")
    ),
    Demand.PROVISIONS: _Check("red", _FL32, "Tillämpade föreskrifter saknas.", _reasoned("provisions")),
    Demand.FACTS: _Check("red", _FL32, "Avgörande omständigheter saknas.", _reasoned("facts")),
    Demand.EVIDENCE: _Check("amber", _FL32, "En avgörande omständighet är inte knuten till underlag.", _evidenced),
    Demand.COMMUNICATED: _Check(
        "red", "SFS 2017:900, 25 §", "Kommunicering före beslutet saknas, och skäl att avstå saknas.", _communicated
    ),
    Demand.NOTIFIED: _Check(
        "red", _FL33, "Underrättelse om beslutet saknas.", lambda chain, _: _stated(chain, "notified")
    ),
    Demand.APPEAL_INFO: _Check(
        "red",
        _FL33,
        "Upplysning om hur man överklagar saknas.",
        lambda chain, _: any(each.leaf.text("appeal_info") for each in chain.of("notified")),
    ),
    Demand.MODE: _Check(
        "red",
        "SFS 2017:900, 28 §",
        "Det framgår inte om en person, flera eller en automatiserad funktion beslutade.",
        lambda _, made: made.leaf.text("mode") in {"official", "collegial", "automated"},
    ),
    Demand.DELEGATION: _Check(
        "red",
        "SFS 2017:725, 6 kap. 37 §",
        "Beslutet är automatiserat utan hänvisning till delegation.",
        lambda _, made: not _automated(made) or bool(made.leaf.text("delegation_ref")),
    ),
    Demand.NOT_AUTOMATED: _Check(
        "red",
        "SFS 2017:725, 6 kap. 38 §",
        "Beslutet är automatiserat, och får inte vara det.",
        lambda _, made: not _automated(made),
    ),
}


def linted(chain: Chain) -> list[Breach]:
    """What is missing in a decision's records, red before amber; empty when nothing is."""
    route = normalised(chain.said("appeal_route"))
    found: list[Breach] = []
    profile = PROFILES.get(route)
    if profile is None:
        words = "Det framgår inte hur saken kan överklagas, och därmed inte vad akten ska visa."
        found.append(Breach("record.appeal_route", "amber", "SFS 2017:900, 2 §", words))
        profile = PROFILES[NO_CASE]
    if Demand.OUTCOME in profile and not chain.said("outcome"):
        found.append(Breach(Demand.OUTCOME, "amber", "SFS 2017:900, 9 §", "Ärendet är inte avslutat i loggen."))
    if Demand.LEGAL_BASIS in profile and not chain.said("gate", "legal_basis"):
        found.append(Breach(Demand.LEGAL_BASIS, "red", "SFS 2017:900, 5 §", "Inget lagrum är angivet för utfallet."))
    made = chain.last("decision.made")
    if made is not None:
        checks = [(demand, _CHECKS[demand]) for demand in Demand if demand in profile and demand in _CHECKS]
        found += [
            Breach(demand, each.severity, each.provision, each.words)
            for demand, each in checks
            if not each.holds(chain, made)
        ]
    elif Demand.MODE in profile and chain.of(*ENDS):
        words = "Saken kan överklagas eller är ett ärende, men inget beslut är antecknat."
        found.append(Breach("record.decision", "amber", _FL31, words))
    return sorted(found, key=lambda each: each.severity != "red")


def tallied(breaches: Iterable[tuple[str, Breach]]) -> list[Json]:
    """How many of each kind in each unit, from pairs of unit and breach; the most first."""
    counted = Counter((unit, each) for unit, each in breaches)
    return [
        {"unit": unit, "count": count, **each.as_json()}
        for (unit, each), count in sorted(counted.items(), key=lambda one: (-one[1], one[0][0], one[0][1].code))
    ]
