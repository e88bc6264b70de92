"""What is said of a document that was given up: a reason for people, and a dead letter for the operator."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import DocumentReceived
from allmanning.ingest.registry.row import Job
from allmanning.runtime import subjects, wire
from allmanning.runtime.bus import Bus

_OURS: Final = (
    "Dokumentet kunde inte läsas in trots flera försök. Felet ligger hos plattformen och inte i dokumentet: "
    "den som driver plattformen ser det i loggen. Kör om dokumentet när felet är åtgärdat. "
    "(Given up; the fault is the platform's. Retry once it is mended.)"
)
_REASONS: Final = {
    "document.interrupted": (
        "Tjänsten avbröts varje gång den läste dokumentet; det kan vara för stort eller skadat. "
        "Kör om det, eller lämna in det i mindre delar. (Reading it ended the process every time.)"
    ),
    "index": (
        "Sökindexet tog inte emot dokumentet trots flera försök, fast det tog emot andra. Dela upp dokumentet om det "
        "är mycket stort, annars kör om det. (The index did not take it, though it took others.)"
    ),
    "embedder": (
        "Språkmodellen som gör texten sökbar svarade inte för det här dokumentet, fast den svarade för andra. "
        "Dela upp dokumentet om det är mycket stort, annars kör om det. (The embedder did not answer for it.)"
    ),
    "reader": (
        "Läsaren för den här filtypen går inte att starta. Den som driver plattformen behöver se över installationen; "
        "kör sedan om dokumentet. (The reader for this kind of file can't be started.)"
    ),
}


def reason_of(code: str) -> str:
    """What the last error of a document means, and what to do."""
    return _REASONS.get(code) or _REASONS.get(code.partition(".")[0]) or _OURS


async def dead_letter(bus: Bus, job: Job, code: str, tries: int) -> None:
    """Keep the event where an operator finds it, with the code of the last error. Raises `Unavailable`."""
    version = job.version
    event = DocumentReceived(authority=version.authority, document_id=version.id, version=version.version)
    await bus.publish(
        subjects.dead(subjects.document_received(version.authority)),
        event,
        message_id=f"{version.id}:{version.version}:{job.attempt}:dead",
        headers={wire.DEAD_REASON: code, wire.DEAD_ATTEMPTS: str(tries)},
    )
