"""Many decisions at once: what their records lack, what another table would have said, like cases treated unlike."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from allmanning.audit.gate.logged import Evaluation
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.ruleset import Ruleset, ruleset_of
from allmanning.audit.gate.table import Table
from allmanning.audit.inspection.chain import Chain, chains_of
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.find import Found, Page, Wanted, find
from allmanning.audit.inspection.journal import AUDITORS, require, stated
from allmanning.audit.inspection.likeness import LEAST_BY_EMBEDDING, LEAST_BY_TRIGRAMS, Asked, pairs
from allmanning.audit.inspection.likes import SHOWN, Likes, asked_of, compared
from allmanning.audit.inspection.lint import Breach, linted, tallied
from allmanning.audit.inspection.meaning import Meanings
from allmanning.audit.inspection.questions import row, wanted_of
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.inspection_pb import CompareCases, LintDecisions, ReplayRules
from allmanning.index.remote_embedder import RemoteEmbedder
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

PAGE: Final = 500
# Decisions that one comparison goes through at most, unless it asks for fewer or its time is up.
COMPARED: Final = 10_000
COMPARED_WITHIN_S: Final = 60.0
_CHUNK: Final = 200


class Comparisons:
    """Each method is one request."""

    def __init__(self, desk: Desk, national: Table, embedder: RemoteEmbedder) -> None:
        self._desk = desk
        self._national = national
        self._embedder = embedder
        self._likes = Likes(desk, embedder)

    async def lint(self, principal: Principal, asked: LintDecisions) -> dict[str, Json]:
        """What the records of a page of decisions lack, each with its provision, and counted by unit. Opens no content.

        Raises:
            InvalidInput: `find.kind_unknown`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)
        wanted = wanted_of(asked.selection)

        def look(log: Reading) -> dict[str, Json]:
            page = _page(log, wanted, asked.limit, asked.before)
            chains = _chains(log, page, content=False)
            found = [(each, linted(chains[each.decision])) for each in page.decisions]
            return {
                "looked_at": len(found),
                "whole": sum(not breaches for _, breaches in found),
                "counts": tallied((each.unit, breach) for each, breaches in found for breach in breaches),
                "decisions": [_linted(each, breaches) for each, breaches in found if breaches],
                "next": page.next,
            }

        return await self._desk.read(principal.authority, look)

    async def replay(self, principal: Principal, asked: ReplayRules) -> dict[str, Json]:
        """Which decisions of a page another table would have treated otherwise, from the inputs that were logged.

        Raises:
            InvalidInput: `rules.invalid`, `find.kind_unknown`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)
        try:
            rules = ruleset_of(asked.table, self._national)
        except BadRules as error:
            raise InvalidInput("rules.invalid", f"Tabellen går inte att använda: {error}.") from error
        wanted = wanted_of(asked.selection)

        def look(log: Reading) -> dict[str, Json]:
            page = _page(log, wanted, asked.limit, asked.before)
            changes: list[Json] = []
            unread, moves = 0, Counter[str]()
            chains = _chains(log, page, content=True)
            for each in page.decisions:
                flips, missing = replayed(chains[each.decision], rules)
                unread += missing
                moves.update(f"{flip['was']} → {flip['would_be']}" for flip in flips)
                if flips:
                    changes.append({**row(each), "changes": [dict(flip) for flip in flips]})
            return {
                "rules": rules.hash,
                "looked_at": len(page.decisions),
                "changed": len(changes),
                "moves": dict(moves),
                "inputs_gone": unread,
                "decisions": changes,
                "next": page.next,
            }

        return await self._desk.read(principal.authority, look)

    async def compare(self, principal: Principal, reason: str, asked: CompareCases) -> dict[str, Json]:
        """Pairs of near-identical questions with different outcomes, among those that are selected, newest first.

        `looked_at` says among how many, and `next` where to go on when there are more; `by` whether the embedder
        (`model`) or trigrams say how alike they are. A question whose content is gone is like nothing. The questions
        are content: a reason is needed, and the reading of each one that is shown is recorded. Of a `decision_id` the
        pairs are those that it is in, however they ended, and `first` tells of itself.

        Raises:
            InvalidInput: `compare.likeness`, `audit.reason_missing`, `find.kind_unknown`.
            NotFound: `decision.not_found`. Forbidden, Unavailable.
        """
        require(principal, *AUDITORS)
        stated(reason)
        if not 0 <= asked.least_likeness <= 1:
            raise InvalidInput("compare.likeness", "Likheten ska vara över 0 och högst 1. (More than 0, at most 1.)")
        wanted, meanings = wanted_of(asked.selection), Meanings(self._embedder)
        if asked.decision_id:
            likes, read = await self._likes.of(
                principal.authority, asked.decision_id, wanted, asked.least_likeness, asked.limit, asked.before
            )
            await self._desk.journal.read(principal, reason, read)
            return likes
        looked_at, following, questions = await self._questions(principal.authority, wanted, asked, meanings)
        vectors = meanings.of([each.question for each in questions])
        least = asked.least_likeness or (LEAST_BY_TRIGRAMS if vectors is None else LEAST_BY_EMBEDDING)
        found = await asyncio.to_thread(pairs, questions, least, vectors)
        decisions = dict.fromkeys(side.decision for pair in found[:SHOWN] for side in (pair.first, pair.second))
        await self._desk.journal.read(principal, reason, decisions)
        return compared(found, least, meanings.model if vectors is not None else "", looked_at, following)

    async def _questions(
        self, authority: str, wanted: Wanted, asked: CompareCases, meanings: Meanings
    ) -> tuple[int, int, list[Asked]]:
        """How many decisions were gone through, the place to go on before (0: no more), and their questions."""
        clock, before = asyncio.get_running_loop().time, asked.before
        until, most = clock() + COMPARED_WITHIN_S, min(asked.limit or COMPARED, COMPARED)
        looked_at, questions = 0, list[Asked]()
        while looked_at < most and clock() < until:
            size, from_here = min(_CHUNK, most - looked_at), before

            def look(log: Reading, size: int = size, before: int = from_here) -> tuple[Page, list[Asked]]:
                page = find(log.connection, log.authority, wanted, size, before)
                return page, asked_of(log, page.decisions)

            page, chunk = await self._desk.read(authority, look)
            looked_at, before = looked_at + len(chunk), page.next
            questions += [each for each in chunk if each.question.strip()]
            await meanings.learn([each.question for each in questions[-len(chunk) :]])
            if not before:
                break
        return looked_at, before, questions


def _page(log: Reading, wanted: Wanted, limit: int, before: int) -> Page:
    return find(log.connection, log.authority, wanted, limit or PAGE, before)


def _chains(log: Reading, page: Page, *, content: bool) -> dict[str, Chain]:
    """The chain of each decision of a page: a listed decision has records."""
    chains = chains_of(log, [each.decision for each in page.decisions], content=content)
    return {each.decision: each for each in chains}


def _linted(found: Found, breaches: list[Breach]) -> Json:
    severity = "red" if any(each.severity == "red" for each in breaches) else "amber"
    return {**row(found), "severity": severity, "breaches": [each.as_json() for each in breaches]}


def replayed(chain: Chain, rules: Ruleset) -> tuple[list[dict[str, str]], int]:
    """What the rules would have said otherwise of a decision's evaluations, and how many inputs are gone."""
    flips: list[dict[str, str]] = []
    missing = 0
    for link in chain.of("gate.evaluated"):
        told = Evaluation.of(link.leaf.fields)
        again = _again(told, rules, link.contents.get("input")) if told else None
        if told is None or again is None:
            missing += 1
        elif again.verdict != told.verdict:
            flips.append(
                {
                    "stage": link.leaf.text("stage"),
                    "was": told.verdict.name.lower(),
                    "rule": told.rule_id,
                    "would_be": again.verdict.name.lower(),
                    "new_rule": again.id,
                }
            )
    return flips, missing


def _again(told: Evaluation, rules: Ruleset, given: Json) -> Rule | None:
    try:
        return told.again(rules, given)
    except (InvalidInput, ValueError, TypeError):
        return None
