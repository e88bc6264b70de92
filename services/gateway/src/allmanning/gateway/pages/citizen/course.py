"""How an answer came about, in a few figures and words: what a decision's records say to whoever asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from allmanning.gateway.decisions import RecordOut
from allmanning.gateway.language import marked

_VERDICTS: Final[Mapping[str, str]] = {
    "auto": marked("Enligt reglerna får ett sådant svar lämnas direkt"),
    "review": marked("Enligt reglerna läser en handläggare ett sådant svar först"),
    "refuse": marked("Enligt reglerna besvaras inte en sådan fråga"),
    "hand_over": marked("Enligt reglerna lämnas en sådan fråga till en människa"),
}


@dataclass(frozen=True)
class Course:
    """`searched` are the documents (id, version) nearest the question, each once, nearest first."""

    passages: int
    searched: Sequence[tuple[str, str]]
    held_back: int
    sentences: int
    dropped: int
    verdict: str
    legal_basis: str


def course_of(records: Sequence[RecordOut]) -> Course:
    """Zeros and empty texts where no record says."""
    leaves = [each["leaf"] for each in records]
    found = _newest(leaves, "retrieval.done")
    draft = _newest(leaves, "draft.generated")
    gate = _mapping(_newest(leaves, "gate.evaluated").get("gate"))
    passages = [_mapping(each) for each in _list(found.get("passages"))]
    near = {(str(each.get("document", "")), str(each.get("version", ""))): None for each in passages}
    return Course(
        passages=len(passages),
        searched=list(near),
        held_back=_count(found.get("held_back")),
        sentences=sum(_kind(each) == "sentence.released" for each in leaves),
        dropped=_count(draft.get("dropped")),
        verdict=_VERDICTS.get(str(gate.get("verdict", "")), ""),
        legal_basis=str(gate.get("legal_basis", "")),
    )


def _kind(leaf: Mapping[str, object]) -> str:
    return str(leaf.get("type", "")).removeprefix("se.audit.").removesuffix(".v1")


def _newest(leaves: Sequence[Mapping[str, object]], kind: str) -> Mapping[str, object]:
    return next((each for each in reversed(leaves) if _kind(each) == kind), {})


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
