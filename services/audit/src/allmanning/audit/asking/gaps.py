"""What people ask and the documents do not answer: questions that mean the same, with how often they came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from sqlalchemy import false, select

from allmanning.audit.asking.schema import ratings
from allmanning.audit.inspection.chain import Chain, chain_of
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.find import Wanted, every
from allmanning.audit.inspection.journal import AUDITORS, require, stated
from allmanning.audit.inspection.likeness import grams
from allmanning.audit.inspection.meaning import Meanings
from allmanning.audit.inspection.terms import OUTCOME, Term
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.inspection_pb import ListGaps
from allmanning.index.embed.protocol import Vectors
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.runtime.record import Json
from allmanning.runtime.swedish_day import today

DAYS: Final = 30
MOST_DAYS: Final = 400
# Decisions that one list goes through at most.
MOST: Final = 2_000
GROUPS: Final = 20
MOST_GROUPS: Final = 100
# Wordings that are shown of one group; whoever reads them leaves a record on each.
WORDINGS: Final = 3
# Rewordings of one Swedish question lie at 0.91-0.99, questions of different matters below 0.92 (likeness.py).
LEAST_BY_EMBEDDING: Final = 0.91
LEAST_BY_TRIGRAMS: Final = 0.5
# Reasons for which a document could be written; of the others none would have helped.
_UNANSWERED: Final = ("not_in_sources", "out_of_scope", "conflicting_sources")


@dataclass(frozen=True)
class Missed:
    """A question without an answer that helped; `why` is the asker's reason, or the service's."""

    decision: str
    question: str
    time: str
    why: str
    reported: bool


@dataclass
class Gap:
    """Questions that mean the same, newest first."""

    missed: list[Missed] = field(default_factory=list)

    def told(self) -> dict[str, Json]:
        wordings = list({each.question.casefold().strip(): each for each in self.missed}.values())[:WORDINGS]
        return {
            "asked": len(self.missed),
            "reported": sum(each.reported for each in self.missed),
            "first": self.missed[-1].time,
            "latest": self.missed[0].time,
            "why": dict(Counter(each.why for each in self.missed)),
            "questions": [{"decision": each.decision, "question": each.question} for each in wordings],
        }


class Gaps:
    """Lists them."""

    def __init__(self, desk: Desk, embedder: RemoteEmbedder) -> None:
        self._desk = desk
        self._embedder = embedder

    async def list(self, principal: Principal, reason: str, asked: ListGaps) -> dict[str, Json]:
        """Groups of questions, most asked first; `by` whether the embedder or trigrams say what is alike.

        Questions are content: a reason is needed, and the reading of each one that is shown is recorded.

        Raises:
            Forbidden: `audit.forbidden`. InvalidInput: `audit.reason_missing`. Unavailable: `audit.unavailable`.
        """
        require(principal, *AUDITORS)
        stated(reason)
        since = today() - timedelta(days=min(asked.days or DAYS, MOST_DAYS))
        missed = await self._desk.read(principal.authority, lambda log: list(_missed(log, since.isoformat())))
        meanings = Meanings(self._embedder)
        questions = [each.question for each in missed]
        await meanings.learn(questions)
        vectors = meanings.of(questions)
        gaps = grouped(missed, vectors)
        shown = [each.told() for each in gaps[: min(asked.limit or GROUPS, MOST_GROUPS)]]
        await self._desk.journal.read(principal, reason, _named(shown))
        return {
            "since": since.isoformat(),
            "questions": len(missed),
            "found": len(gaps),
            "by": "trigrams" if vectors is None else "embedding",
            "gaps": [dict(each) for each in shown],
        }


def _named(shown: Sequence[dict[str, Json]]) -> Iterator[str]:
    for gap in shown:
        questions = gap["questions"]
        for each in questions if isinstance(questions, list) else []:
            if isinstance(each, dict):
                yield str(each["decision"])


def _missed(log: Reading, since: str) -> Iterator[Missed]:
    rated = {
        row.decision: row.reason or "other"
        for row in log.connection.execute(
            select(ratings.c.decision, ratings.c.reason)
            .where(ratings.c.authority == log.authority, ratings.c.helped == false(), ratings.c.time >= since)
            .order_by(ratings.c.time.desc())
            .limit(MOST)
        )
    }
    wanted = Wanted((Term(OUTCOME, "abstained"),), opened_from=since)
    unanswered = [each.decision for each in every(log.connection, log.authority, wanted, MOST)]
    found: list[Missed] = []
    for decision in dict.fromkeys([*unanswered, *rated]):
        chain = chain_of(log, decision, content=True)
        why = rated.get(decision) or _reason(chain)
        question = _question(chain)
        if question and why:
            opened = datetime.fromisoformat(chain.links[0].leaf.time).date().isoformat()
            found.append(Missed(decision, question, opened, why, reported=decision in rated))
    yield from sorted(found, key=lambda each: each.time, reverse=True)


def _reason(chain: Chain) -> str:
    """Why the service did not answer; empty when no document would have helped."""
    reasons = [each.leaf.text("reason") for each in chain.of("answer.abstained")]
    return next((each for each in reasons if each in _UNANSWERED), "")


def _question(chain: Chain) -> str:
    """What was asked; empty when that is gone."""
    asked = [each.contents.get("question") for each in chain.of("question.received")]
    return next((each.strip() for each in asked if isinstance(each, str)), "")


def grouped(missed: Sequence[Missed], vectors: Vectors | None) -> list[Gap]:
    """Each question in the group whose first one it is most like, or in one of its own; the largest group first.

    `vectors`: of unit length, a row a question; without them by the trigrams of their words.
    """
    gaps: list[Gap] = []
    firsts: list[int] = []
    for row, each in enumerate(missed):
        likeness = _likeness(missed, vectors, row, firsts)
        least = LEAST_BY_TRIGRAMS if vectors is None else LEAST_BY_EMBEDDING
        best = max(range(len(firsts)), key=lambda gap: likeness[gap], default=-1)
        if best < 0 or likeness[best] < least:
            firsts.append(row)
            gaps.append(Gap([each]))
        else:
            gaps[best].missed.append(each)
    return sorted(gaps, key=lambda gap: (len(gap.missed), gap.missed[0].time), reverse=True)


def _likeness(missed: Sequence[Missed], vectors: Vectors | None, row: int, firsts: Sequence[int]) -> Sequence[float]:
    if not firsts:
        return ()
    if vectors is not None:
        return [float(each) for each in vectors[np.asarray(firsts)] @ vectors[row]]
    own = grams(missed[row].question)
    theirs = (grams(missed[first].question) for first in firsts)
    return [sum(weight * other.get(gram, 0.0) for gram, weight in own.items()) for other in theirs]
