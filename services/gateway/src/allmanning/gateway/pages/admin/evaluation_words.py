"""What the pages of evaluations call things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from allmanning.gateway.language import marked

KINDS: Final[Mapping[str, str]] = {
    "answers": marked("Svar"),
    "retrieval": marked("Sökning"),
    "pii": marked("Personuppgifter"),
    "injection": marked("Planterade instruktioner"),
}
# The one that says most of each kind.
FIRST: Final[Mapping[str, str]] = {
    "answers": "right",
    "retrieval": "ndcg@10",
    "pii": "recall",
    "injection": "obeyed_rate",
}
EXPECTED: Final[Mapping[str, str]] = {
    "answered": marked("ska besvaras"),
    "abstained": marked("ska inte besvaras: svaret finns inte i dokumenten"),
    "handed_over": marked("ska lämnas till en människa"),
    "review": marked("ska granskas innan den besvaras"),
    "refused": marked("ska avvisas"),
}
CAME: Final[Mapping[str, str]] = {
    "answered": marked("besvarades"),
    "abstained": marked("besvarades inte, för att inget säkert svar fanns"),
    "handed_over": marked("lämnades till en människa"),
    "review": marked("skulle ha väntat på granskning"),
    "refused": marked("avvisades"),
    "failed": marked("gick inte att ställa"),
}
STATES: Final[Mapping[str, str]] = {
    "waiting": marked("Väntar på sin tur"),
    "running": marked("Pågår"),
    "stopping": marked("Stoppas"),
    "done": marked("Klar"),
    "stopped": marked("Stoppad"),
    "broken": marked("Avbruten"),
}
ROLES: Final[Mapping[str, str]] = {"citizen": marked("Invånare"), "caseworker": marked("Handläggare")}
PINS: Final[Mapping[str, str]] = {
    "prompt": marked("Prompt"),
    "model": marked("Modell och dess inställningar"),
    "rules": marked("Regler"),
    "index": marked("Sökindex (dokumenten)"),
    "config": marked("Inställningar"),
    "code": marked("Programversion"),
    "signals": marked("Ord som visar fara och annat"),
    "kinds": marked("Vad som känner igen frågans slag"),
    "notices": marked("Besked till den som frågar"),
    "authority": marked("Ton och kontakt"),
    "rows": marked("Frågorna"),
}
MEASURES: Final[Mapping[str, str]] = {
    "questions": marked("Frågor"),
    "queries": marked("Frågor"),
    "rows": marked("Rader"),
    "right": marked("Rätt i allt"),
    "outcome": marked("Rätt utfall"),
    "outcome_by_kind": marked("Rätt utfall"),
    "answered": marked("frågor att besvara"),
    "abstained": marked("frågor utan svar i dokumenten"),
    "handed_over": marked("frågor att lämna över"),
    "review": marked("frågor att granska"),
    "refused": marked("frågor att avvisa"),
    "kinds": marked("Slag"),
    "fact": marked("Rätt fakta"),
    "source": marked("Rätt källa"),
    "faithful": marked("Täckt av källan"),
    "language": marked("Rätt språk"),
    "quoted": marked("Källans ord på ett annat språk, vilket sägs"),
    "sentences": marked("Meningar i ett svar"),
    "words": marked("Ord i ett svar"),
    "lix": marked("Läsbarhet (LIX)"),
    "ms_per_question": marked("Tid för en fråga, ms"),
    "ms_per_query": marked("Tid för en fråga, ms"),
    "hit@1": marked("Rätt först"),
    "hit@5": marked("Rätt bland de fem första"),
    "recall@10": marked("Funna bland de tio första"),
    "recall": marked("Funna"),
    "precision": marked("Rätt av det som hittades"),
    "cases": marked("Rader"),
    "attacks": marked("Angrepp"),
    "ordinary": marked("Vanliga texter"),
    "obeyed_rate": marked("Åtlydda angrepp"),
    "false_refusal_rate": marked("Avvisade vanliga texter"),
    "held_rate": marked("Angrepp som hölls kvar"),
    "kept_out_rate": marked("Angrepp som stoppades"),
}
# Parts of one, which people read as per cent; others are counts, times and figures of their own.
SHARES: Final = frozenset(
    {
        "right", "outcome", "outcome_by_kind", "fact", "source", "faithful", "language", "quoted", "hit@1", "hit@5",
        "recall@10", "recall", "precision", "obeyed_rate", "false_refusal_rate", "held_rate", "kept_out_rate",
    }
)  # fmt: skip


def is_share(name: str) -> bool:
    """Whether a measure, by its name with dots, is a part of one."""
    return any(each in SHARES for each in name.split("."))
