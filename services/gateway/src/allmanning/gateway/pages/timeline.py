"""A decision as a timeline: what each event says, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.gateway.decisions import RecordOut
from allmanning.gateway.language import marked
from allmanning.runtime.record import EVALUATION

# Swedish is the source language of the catalogue; the templates translate.
TITLES: Final[Mapping[str, str]] = {
    "question.received": "Frågan kom in",
    "gate.evaluated": "Reglerna prövades",
    "retrieval.done": "Dokumenten söktes igenom",
    "draft.generated": "Ett utkast skrevs",
    "sentence.released": "En mening lämnades ut",
    "answer.released": "Svaret lämnades",
    "answer.abstained": "Inget säkert svar fanns",
    "answer.refused": "Frågan avvisades",
    "escalated": "Frågan lämnades till en människa",
    "review.opened": "Svaret väntar på granskning",
    "review.closed": "Svaret granskades",
    "review.asked": "En kollega ombads läsa ett utkast",
    "review.answered": "En kollega läste utkastet",
    "access.read": "Någon läste innehållet",
    "answer.rated": "Den som frågade sa vad de tyckte om svaret",
    "contact.requested": "Den som frågade bad en människa höra av sig",
    "contact.closed": "En människa tog hand om det",
    "export.made": "Loggen lämnades ut",
    "reports.erased": "Åtgärdade anmälningar om dokument gallrades",
    "explanation.given": "En förklaring togs fram",
    "case_file.made": "Underlaget togs fram till akten",
    "decision.made": "Beslutet skrevs ner",
    "communicated": "Uppgifter skickades för synpunkter",
    "notified": "Den som beslutet gäller underrättades",
    "contested": "Beslutet ifrågasattes",
    "corrected": "Något rättades",
    "erased": "Innehåll raderades",
    "erasure.requested": "Gallring begärdes",
    "erasure.approved": "Gallringen godkändes",
    "erasure.refused": "Gallringen avslogs",
    "hold.placed": "Beslutet spärrades mot gallring",
    "hold.lifted": "Spärren mot gallring hävdes",
    "review.claimed": "Någon tog granskningen",
    "review.returned": "Granskningen lämnades tillbaka",
    "review.assessed": "En första person granskade",
    "review.source_opened": "Granskaren öppnade en källa",
    "access.searched": "Innehåll genomsöktes",
    "recall.opened": "En återkallelse började",
    "recall.settled": "Beslutet bedömdes i en återkallelse",
    "sample.framed": "Stickprovets ram fastställdes",
    "sample.drawn": "Stickprovet drogs",
    "sample.judged": "Ett beslut i stickprovet bedömdes",
    "control.planned": "Loggkontrollen planerades",
    "control.drawn": "Läsningar drogs för kontroll",
    "control.judged": "En läsning bedömdes",
    "disclosure.prepared": "Ett utlämnande förbereddes",
    "disclosure.approved": "Utlämnandet godkändes",
    "disclosure.rejected": "Utlämnandet avslogs",
    "disclosure.released": "Handlingen lämnades ut",
    "use.declared": "Väntad användning angavs",
    "use.outside_band": "Användningen blev en annan än den väntade",
    "config.changed": "Något som styr svaren ändrades",
    "register.written": "Texter till register skrevs",
    "register.published": "Ett register publicerades",
    "log.sealed": "Loggen avslutades",
    "evaluation.started": "En mätning av svaren startades",
    "evaluation.ended": "Mätningen slutade",
}

# Nobody waits for the answer to a question that is asked to measure it.
_MEASURED: Final[Mapping[str, str]] = {"review.opened": marked("Svaret skulle ha granskats av en människa")}

LABELS: Final[Mapping[str, str]] = {
    "channel": "Kanal",
    "role": "Roll",
    "language": "Språk",
    "in_doubt": "Frågan kunde vara",
    "stage": "Skede",
    "gate.verdict": "Reglernas utslag",
    "gate.rule_id": "Regel",
    "gate.legal_basis": "Rättslig grund",
    "held_back": "Stycken som behörigheten höll tillbaka",
    "set_aside": "Stycken som läses som instruktioner till en AI och inte användes",
    "model": "Modell",
    "sentences": "Meningar i utkastet",
    "dropped": "Meningar utan stöd, som ströks",
    "outcome": "Utfall",
    "cut": "Slutade i förtid",
    "referred_to": "Hänvisad till",
    "review.state": "Granskarens beslut",
    "rating.helped": "Hjälpte svaret",
    "rating.reason": "Varför inte",
    "question": "Fråga",
    "conversation": "Samtal",
    "query": "Sökning",
    "draft": "Utkast",
    "text": "Text",
    "told": "Det som sades",
    "quotes": "Citat ur källan",
    "reason": "Skäl",
    "message": "Meddelande",
    "reader.reason": "Skäl",
    "action": "Åtgärd",
}

# Values from closed sets, as people say them.
VALUES: Final[Mapping[str, Mapping[str, str]]] = {
    "channel": {
        "citizen": "Medborgartjänsten",
        "internal": "Medarbetare",
        "api": "Annat system",
        "evaluation": "Mätning",
    },
    "role": {
        "citizen": "Invånare",
        "caseworker": "Handläggare",
        "auditor": "Revisor",
        "admin": "Administratör",
    },
    "stage": {"request": "Innan något söktes", "release": "Innan något sades"},
    "gate.verdict": {
        "auto": "Får ske automatiskt",
        "review": "Ska granskas av en människa",
        "refuse": "Ska avvisas",
        "hand_over": "Ska lämnas till en människa",
    },
    "outcome": {
        "answered": "Besvarad",
        "abstained": "Inget säkert svar",
        "review": "Hos granskare",
        "refused": "Avvisad",
        "handed_over": "Till en människa",
    },
    "language": {"sv": "Svenska", "en": "Engelska"},
    "in_doubt": {
        "acute": "Fara för liv eller hälsa",
        "individual_decision": "Ett eget ärende",
        "acute\nindividual_decision": "Fara för liv eller hälsa, eller ett eget ärende",
    },
    "reason": {
        "not_in_sources": "Inget säkert svar i dokumenten",
        "conflicting_sources": "Källorna säger olika",
        "out_of_scope": "Inget som myndigheten skriver om",
        "individual_case": "Ett beslut i någons eget ärende",
        "crisis": "Fara för liv eller hälsa",
        "personal_data": "Personuppgifter i frågan",
        "wrong_authority": "En annan myndighets fråga",
        "needs_review": "En handläggare läser först",
        "wants_human": "Vill tala med en människa",
        "manipulation": "Försök att styra modellen",
        "secrecy": "Vilar på det som frågaren inte får se",
        "rule": "En annan regel",
        "no_room": "Anropets gräns rymde ingen mening",
    },
    "model": {"extractive": "Dokumentens egna meningar, utan språkmodell"},
    "rating.helped": {"true": "Ja", "false": "Nej"},
    "rating.reason": {
        "wrong": "Stämmer inte",
        "outdated": "Är gammalt",
        "missing": "Något saknas",
        "unclear": "Svårt att förstå",
        "other": "Något annat",
    },
    "cut": {"length": "Vid gränsen för längd", "stop": "Före en text som anropet angav"},
}

_PLUMBING: Final = frozenset({"v", "type", "id", "decision", "time", "tenant", "src", "parts"})


@dataclass(frozen=True)
class Fact:
    """A name and its value as text."""

    name: str
    value: str


@dataclass(frozen=True)
class Step:
    """One event: `contents` is shown only to those who said why; `details` is for those who check the machine."""

    kind: str
    title: str
    time: str
    index: int
    facts: Sequence[Fact]
    details: Sequence[Fact]
    contents: Sequence[Fact]
    sealed: bool
    # The record, and its leaf's SHA-256, so that a browser can compare what is shown with what was signed.
    record: str
    leaf_hash: str
    outcome: str


def steps(records: Sequence[RecordOut]) -> list[Step]:
    return [_step(each) for each in records]


def _step(record: RecordOut) -> Step:
    leaf = record["leaf"]
    kind = str(leaf.get("type", "")).removeprefix("se.audit.").removesuffix(".v1")
    facts = [fact for name, value in leaf.items() if name not in _PLUMBING for fact in _facts(name, value)]
    titles = {**TITLES, **(_MEASURED if leaf.get("channel") == EVALUATION else {})}
    contents = [fact for name, value in record["parts"].items() for fact in _facts(name, value)]
    return Step(
        kind=kind,
        title=titles.get(kind, kind),
        time=str(leaf.get("time", "")),
        index=record["index"],
        facts=[_labelled(each) for each in facts if each.name in LABELS],
        details=[each for each in (*facts, *contents) if each.name not in LABELS],
        contents=[_labelled(each) for each in contents if each.name in LABELS],
        sealed=bool(leaf.get("parts")) and not record["parts"],
        record=record["id"],
        leaf_hash=record["leaf_sha256"],
        outcome=str(leaf.get("outcome") or ""),
    )


def _labelled(fact: Fact) -> Fact:
    return Fact(LABELS[fact.name], VALUES.get(fact.name, {}).get(fact.value, fact.value))


def _facts(name: str, value: object) -> Iterator[Fact]:
    """The value as text; an object field by field, under names joined by a dot."""
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from _facts(f"{name}.{inner}", each)
    elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        yield Fact(name, "\n".join(value))
    elif value not in (None, "", [], {}):
        yield Fact(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def cited_documents(records: Sequence[RecordOut]) -> list[tuple[str, str]]:
    """Id and version of the documents that the released sentences rest on, each once, in order."""
    found: dict[tuple[str, str], None] = {}
    for record in records:
        if record["leaf"].get("type") == "se.audit.sentence.released.v1":
            for each in _objects(record["leaf"]):
                if isinstance(each.get("document"), str) and isinstance(each.get("version"), str):
                    found[str(each["document"]), str(each["version"])] = None
    return list(found)


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
