"""Records as they come from the streams: leaves of 900 bytes and four sealed parts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from allmanning.contracts.audit.v1.audit_pb import ContentStored
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import canonical, commitment, digest, now
from allmanning.runtime.sealing import OpenPart, Sealer, SealingKey

BATCH = 256
AUTHORITY = "exempelby"
QUESTION = "Får jag bygga en altan på 15 kvadratmeter utan bygglov, och hur nära tomtgränsen får den stå? " * 3
PARTS = {"question": "G1", "retrieved": "G1", "answer": "G1", "actor": "B"}


class Made(NamedTuple):
    """A record as it comes from the streams."""

    leaf: bytes
    content: ContentStored


def made(key: SealingKey, count: int) -> list[Made]:
    """What a producer would send: leaves of 900 bytes and four sealed parts."""
    found, previous, producer = [], "", f"generate-{uuid7()}"
    sealer = Sealer(key, AUTHORITY)
    for number in range(1, count + 1):
        record, written = uuid7(), now()
        parts = [
            OpenPart(name, os.urandom(32), canonical({"text": f"{QUESTION} {number}"}), retention)
            for name, retention in PARTS.items()
        ]
        leaf = canonical(
            {
                "v": 1,
                "type": "se.audit.draft.generated.v1",
                "id": record,
                "decision": uuid7(),
                "time": written,
                "tenant": AUTHORITY,
                "gate": {"rule_id": "S6", "rules": digest(b"rules"), "engine": "zen 2.1.3; guards 1"},
                "src": {"producer": producer, "pseq": number, "pprev": previous},
                "parts": {
                    part.name: {"c": commitment(part.salt, part.content), "ret": part.retention} for part in parts
                },
            }
        )
        previous = digest(leaf)
        found.append(Made(leaf, sealer.seal(record, written, parts)))
    return found


def batches(records: Sequence[Made]) -> Iterator[tuple[int, Sequence[Made]]]:
    for start in range(0, len(records), BATCH):
        yield start, records[start : start + BATCH]
