"""Many decisions at once: what their records lack, what another table would have said, like cases treated unlike."""

from __future__ import annotations

from collections import Counter
from typing import Final

from allmanning.audit.gate.logged import Evaluation
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.row import Rule
from allmanning.audit.gate.ruleset import Ruleset, ruleset_of
from allmanning.audit.gate.table import Table
from allmanning.audit.inspection.chain import Chain, chain_of
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.find import Found, Page, Wanted, every, find
from allmanning.audit.inspection.journal import AUDITORS, require, stated
from allmanning.audit.inspection.likeness import Asked, Pair, pairs
from allmanning.audit.inspection.lint import Breach, linted, tallied
from allmanning.audit.inspection.questions import row, wanted_of
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.inspection_pb import CompareCases, LintDecisions, ReplayRules
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json

PAGE: Final = 500
COMPARED: Final = 2_000
SHOWN: Final = 50
LEAST: Final = 0.8


class Comparisons:
    """Each method is one request."""

    def __init__(self, desk: Desk, national: Table) -> None:
        self._desk = desk
        self._national = national

    async def lint(self, principal: Principal, asked: LintDecisions) -> dict[str, Json]:
        """What the records of a page of decisions lack, each with its provision, and counted by unit. Opens no content.

        Raises:
            InvalidInput: `find.kind_unknown`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)
        wanted = wanted_of(asked.selection)

        def look(log: Reading) -> dict[str, Json]:
            page = _page(log, wanted, asked.limit, asked.before)
            found = [(each, linted(chain_of(log, each.decision, content=False))) for each in page.decisions]
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
            for each in page.decisions:
                flips, missing = replayed(chain_of(log, each.decision, content=True), rules)
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
        """Pairs of near-identical questions with different outcomes, among the newest that are selected.

        The questions are content: a reason is needed, and the reading of each one that is shown is recorded.

        Raises:
            InvalidInput: `compare.likeness`, `audit.reason_missing`, `find.kind_unknown`. Forbidden, Unavailable.
        """
        require(principal, *AUDITORS)
        stated(reason)
        least = asked.least_likeness or LEAST
        if not 0 < least <= 1:
            raise InvalidInput("compare.likeness", "Likheten ska vara över 0 och högst 1. (More than 0, at most 1.)")
        wanted = wanted_of(asked.selection)

        def look(log: Reading) -> tuple[int, list[Pair]]:
            chosen = list(every(log.connection, log.authority, wanted, COMPARED))
            asked_of = [_asked(each, chain_of(log, each.decision, content=True)) for each in chosen]
            return len(chosen), pairs(asked_of, least)

        looked_at, found = await self._desk.read(principal.authority, look)
        shown = found[:SHOWN]
        decisions = dict.fromkeys(side.decision for pair in shown for side in (pair.first, pair.second))
        await self._desk.journal.read(principal, reason, decisions)
        return {"looked_at": looked_at, "found": len(found), "pairs": [_pair(each) for each in shown]}


def _page(log: Reading, wanted: Wanted, limit: int, before: int) -> Page:
    return find(log.connection, log.authority, wanted, limit or PAGE, before)


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


def _asked(found: Found, chain: Chain) -> Asked:
    return Asked(
        decision=found.decision,
        question=chain.content("question"),
        outcome=found.outcome,
        unit=found.unit,
        language=found.language,
        rule=found.rule_id,
        time=found.opened_at,
    )


def _pair(pair: Pair) -> Json:
    return {
        "likeness": pair.likeness,
        "differs": [*pair.differs],
        "first": _side(pair.first),
        "second": _side(pair.second),
    }


def _side(asked: Asked) -> Json:
    return {
        "decision": asked.decision,
        "question": asked.question,
        "outcome": asked.outcome,
        "unit": asked.unit,
        "language": asked.language,
        "rule": asked.rule,
        "time": asked.time,
    }
