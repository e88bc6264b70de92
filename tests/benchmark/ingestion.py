"""How fast documents become searchable."""

from __future__ import annotations

import time

from tests.platform_node import Platform

DOCUMENTS = 40
SECTIONS = 6


def _document(number: int) -> bytes:
    sections = "\n\n".join(
        f"## Avsnitt {section}\n\n"
        f"Ärende {number}-{section} handläggs av nämndens kansli. Ansökan lämnas senast den {section + 1} mars. "
        "Beslut fattas normalt inom tio veckor från det att handlingarna är fullständiga, "
        "och avgiften betalas i efterskott."
        for section in range(SECTIONS)
    )
    return f"# Riktlinje {number}\n\n{sections}\n".encode()


def documents_per_second(platform: Platform, key: str) -> float:
    """Documents of six sections handed in over HTTP, until the last can be found."""
    with platform.http(key) as client:
        started = time.perf_counter()
        waiting = []
        for number in range(DOCUMENTS):
            answer = client.post(
                "/v1/documents",
                files={"file": (f"riktlinje-{number}.md", _document(number))},
                data={"collection": "matning", "secrecy": "open"},
            )
            waiting.append(answer.json()["id"])
        while waiting:
            state = client.get(f"/v1/documents/{waiting[-1]}").json()["state"]
            if state == "received":
                time.sleep(0.05)
            else:
                assert state == "indexed"
                waiting.pop()
        return DOCUMENTS / (time.perf_counter() - started)
