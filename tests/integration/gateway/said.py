"""What the scripted services say: one document, one answer, one decision."""

from __future__ import annotations

import json

from protobuf import Oneof

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.audit.v1 import audit_pb as audit
from allmanning.contracts.generate.v1 import generate_pb as generate
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage

DECISION = "01900000-0000-7000-8000-000000000001"

TEXT = (
    "Altan och trädäck\n\nNär behövs bygglov\n\n"
    "En altan i markhöjd kräver inte bygglov. Är den högre än 1,2 meter kan den kräva det.\n\n"
    "Handläggningstidsstatistiksammanställning\n\nVi svarar inom fyra veckor.\n"
)
QUOTE = "En altan i markhöjd kräver inte bygglov."
START = TEXT.index(QUOTE)


def version(document_id: str = "altan", **values: object) -> DocumentVersion:
    facts: dict[str, object] = {
        "id": document_id,
        "version": "a" * 64,
        "authority": "exempelby",
        "collection": "bygg",
        "title": "Bygglov – altan och trädäck",
        "uri": "bygg/altan.html",
        "media_type": "text/html",
        "secrecy": Secrecy.OPEN,
        "valid_from": "2026-03-01",
    }
    return DocumentVersion(**{**facts, **values})  # type: ignore[arg-type]


def passage(document: DocumentVersion | None = None, id: str = "p1") -> Passage:
    location = Location(page=4, headings=["Bygglov", "När behövs bygglov"], start=START, end=START + len(QUOTE))
    return Passage(id=id, document=document or version(), text=TEXT[START : START + 86], location=location)


def citation(number: int = 1) -> generate.Citation:
    return generate.Citation(number=number, passage=passage(), quote=QUOTE, support=0.97)


def opened() -> generate.AnswerResponse:
    return generate.AnswerResponse(event=Oneof("opened", generate.Opened(decision_id=DECISION)))


def sentence(text: str, number: int = 1) -> generate.AnswerResponse:
    said = generate.Sentence(text=text, citations=[citation(number)])
    return generate.AnswerResponse(event=Oneof("sentence", said))


def finished(text: str, outcome: generate.Outcome, numbers: tuple[int, ...] = (1,)) -> generate.AnswerResponse:
    end = generate.Finished(
        decision_id=DECISION,
        outcome=outcome,
        text=text,
        citations=[citation(number) for number in numbers],
        rule_id="svar-1",
        model="extractive",
        language="sv",
        prompt_tokens=120,
        completion_tokens=30,
    )
    return generate.AnswerResponse(event=Oneof("finished", end))


SENTENCES = (f"{QUOTE} [1]", " Är den högre än 1,2 meter kan den kräva det. [2]")


def answered() -> list[generate.AnswerResponse]:
    return [
        opened(),
        sentence(SENTENCES[0], 1),
        sentence(SENTENCES[1], 2),
        finished("".join(SENTENCES), generate.Outcome.ANSWERED, (1, 2)),
    ]


def leaf(kind: str, **fields: object) -> bytes:
    facts = {
        "v": 1,
        "type": f"se.audit.{kind}.v1",
        "id": kind,
        "decision": DECISION,
        "time": "2026-11-22T10:00:00.000Z",
    }
    return json.dumps({**facts, "tenant": "exempelby", "src": {}, "parts": {}, **fields}).encode()


def records() -> list[audit.Record]:
    asked = audit.Part(name="question", content=b'"Beh\xc3\xb6ver jag bygglov?"', retention_class="G1")
    question = leaf("question.received", channel="citizen", parts={"question": {"c": "abc", "ret": "G1"}})
    return [
        audit.Record(id="r1", index=11, leaf=question, parts=[asked]),
        audit.Record(id="r2", index=12, leaf=leaf("gate.evaluated", stage="request", rule="svar-1", verdict="auto")),
        audit.Record(id="r3", index=13, leaf=leaf("answer.released", outcome="answered")),
    ]
