"""Find decisions, see one, explain it, and file it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Final

from allmanning.audit.forgetting.telling import erased_of
from allmanning.audit.inspection.case_text import FORMS
from allmanning.audit.inspection.chain import Chain, chain_of, no_decision
from allmanning.audit.inspection.contests import contests
from allmanning.audit.inspection.counting import counted
from allmanning.audit.inspection.desk import Desk, pins_of
from allmanning.audit.inspection.explanation import explained
from allmanning.audit.inspection.find import Found, Page, Wanted, find
from allmanning.audit.inspection.journal import AUDITORS, READ, require, stated
from allmanning.audit.inspection.seen import seen
from allmanning.audit.inspection.since import InForce, since
from allmanning.audit.inspection.terms import Term
from allmanning.audit.log.json_path import text
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.reading import Reading
from allmanning.audit.review.deadline import later
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.inspection_pb import FindDecisions, Selection
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json, canonical, digest, now

# How many decisions' content one search opens at most.
OPENED_AT_MOST: Final = 2_000
PAGE: Final = 50
EXPLAINED: Final = "explanation.given"
EXPLAINED_ONCE_IN: Final = timedelta(hours=1)
_AROUND: Final = 60


def wanted_of(selection: Selection | None) -> Wanted:
    """What a request selects.

    Raises:
        InvalidInput: `find.kind_unknown`.
    """
    selection = selection or Selection()
    named = tuple(Term(each.kind, each.value) for each in selection.criteria)
    return Wanted(named, selection.from_, selection.to, selection.evaluations)


def row(found: Found) -> dict[str, Json]:
    """A decision in a list."""
    return dict(found._asdict())


class Questions:
    """Each method is one request; the report is JSON."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def find(self, principal: Principal, reason: str, asked: FindDecisions) -> dict[str, Json]:
        """A page of decisions; with `text` or `reviewer`, what was found by opening content.

        `looked_at` decisions were opened for it: 2,000 at most, or as many as a full page took. `next` goes on.

        Raises:
            InvalidInput: `find.kind_unknown`, `audit.reason_missing`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)
        wanted, limit = wanted_of(asked.selection), asked.limit or PAGE
        if not asked.text and not asked.reviewer:
            page = await self._desk.read(
                principal.authority, lambda log: find(log.connection, log.authority, wanted, limit, asked.before)
            )
            return {"decisions": [row(each) for each in page.decisions], "next": page.next}
        stated(reason)
        hits, looked_at, following = await self._desk.read(
            principal.authority, lambda log: _opened(log, wanted, asked, min(limit, PAGE))
        )
        await self._desk.journal.read(principal, reason, [each.decision for each, _ in hits])
        listed: list[Json] = [{**row(each), "excerpt": excerpt} for each, excerpt in hits]
        return {"decisions": listed, "looked_at": looked_at, "next": following}

    async def count(self, principal: Principal, opened_from: str, opened_to: str) -> dict[str, Json]:
        """How many decisions a period has, and how they went. Raises Forbidden: `audit.forbidden`."""
        require(principal, *AUDITORS)
        return await self._desk.read(
            principal.authority, lambda log: counted(log.connection, log.authority, opened_from, opened_to)
        )

    async def contests(self, principal: Principal, limit: int, offset: int, *, settled: bool) -> dict[str, Json]:
        """Contests, without what was said. Raises Forbidden: `audit.forbidden`."""
        require(principal, *AUDITORS)
        return await self._desk.read(
            principal.authority,
            lambda log: contests(log.connection, log.authority, limit, offset, settled=settled),
        )

    async def see(self, principal: Principal, reason: str, decision: str) -> dict[str, Json]:
        """The time machine: the decision as it was seen, and what has changed since.

        Raises:
            NotFound: `decision.not_found`. InvalidInput: `audit.reason_missing`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)
        stated(reason)
        await self._desk.chain(principal.authority, decision, content=False)
        await self._desk.journal.read(principal, reason, [decision])
        return await self._desk.read(principal.authority, lambda log: _seen(log, decision))

    async def explain(self, authority: str, principal: Principal, decision: str) -> dict[str, Json]:
        """The explanation to the person concerned; that it was given is recorded.

        Whoever holds the decision's number may ask, and so fill the log: the same explanation to the same role and unit
        is recorded once an hour.

        Raises:
            NotFound: `decision.not_found`.
        """

        def look(log: Reading) -> tuple[dict[str, Json], list[Leaf]]:
            whole = chain_of(log, decision, content=True)
            chain = _without_later(whole)
            return explained(chain, pins_of(log, chain)), [each.leaf for each in whole.of(EXPLAINED)]

        told, before = await self._desk.read(authority, look)
        since = later(now(), -EXPLAINED_ONCE_IN)
        same = (digest(canonical(told)), principal.role.name.lower(), principal.unit)
        if any(
            each.time >= since and (each.text("sha256"), each.text("role"), each.text("unit")) == same
            for each in before
        ):
            return told
        given_to = Principal(authority=authority, role=principal.role, unit=principal.unit, key_id=principal.key_id)
        fields: dict[str, Json] = {"sha256": same[0]}
        await self._desk.journal.step(EXPLAINED, given_to, decision, fields=fields)
        return told

    async def file(
        self, principal: Principal, reason: str, decision: str, case_number: str, form: str = ""
    ) -> tuple[dict[str, Json], bytes]:
        """What was used, as a page, a text or JSON for the case file; its hash is recorded (OSL 4:3).

        The file ends with the newest record of the decision itself, so that it can be made again, byte for byte.

        Raises: as `see`; InvalidInput: `case_file.format`.
        """
        make = FORMS.get(form or "html")
        if make is None:
            raise InvalidInput("case_file.format", "Välj html, text eller json. (Choose one of them.)")
        require(principal, *AUDITORS, Role.CASEWORKER)
        stated(reason)

        def look(log: Reading) -> bytes:
            chain = _without_later(chain_of(log, decision, content=True))
            if not chain.links:
                # Somebody has read under a number that nothing was decided under.
                raise no_decision()
            return make(seen(chain, pins_of(log, chain)), log.authority, case_number)

        page = await self._desk.read(principal.authority, look)
        await self._desk.journal.read(principal, reason, [decision])
        fields: dict[str, Json] = {"sha256": digest(page), **({"format": form} if form not in ("", "html") else {})}
        parts: dict[str, Json] = {"case_number": case_number}
        record = await self._desk.journal.step(
            "case_file.made", principal, decision, note=reason, fields=fields, parts=parts
        )
        return {"decision": decision, "sha256": digest(page), "record": record, "size_bytes": len(page)}, page


def _without_later(chain: Chain) -> Chain:
    """The chain without what was done with it afterwards for insight: such records must not change its own files."""
    about = {READ, EXPLAINED, "case_file.made", "disclosure.released", "recall.settled"}
    return Chain(chain.decision, tuple(each for each in chain.links if each.kind not in about))


def _seen(log: Reading, decision: str) -> dict[str, Json]:
    chain = chain_of(log, decision, content=True)
    newest = find(log.connection, log.authority, Wanted(), 1).decisions
    now_in_force = _in_force(chain_of(log, newest[0].decision, content=False)) if newest else InForce("", "", "")
    erased: list[Json] = [
        {"record": each.leaf.id, "part": part.name, "ground": part.ground, "erased_at": part.erased_at}
        for each in chain.links
        for part in erased_of(log, each.leaf)
    ]
    return {**seen(chain, pins_of(log, chain)), "since": since(chain, now_in_force), "erased": erased}


def _in_force(newest: Chain) -> InForce:
    return InForce(newest.said("gate", "rules"), newest.said("model"), newest.said("pins", "prompt"))


def _opened(log: Reading, wanted: Wanted, asked: FindDecisions, limit: int) -> tuple[list[tuple[Found, str]], int, int]:
    """Hits with an excerpt each, how many were opened, and the place to go on before (0: no more)."""
    hits: list[tuple[Found, str]] = []
    last, count, before = 0, 0, asked.before
    while count < OPENED_AT_MOST:
        page: Page = find(log.connection, log.authority, wanted, 100, before)
        for each in page.decisions:
            count, last = count + 1, each.place
            chain = chain_of(log, each.decision, content=True)
            if (not asked.reviewer or asked.reviewer in _reviewers(chain)) and (
                excerpt := _excerpt(chain, asked.text) if asked.text else " "
            ):
                hits.append((each, excerpt.strip()))
                if len(hits) == limit:
                    return hits, count, last
        before = page.next
        if not before:
            return hits, count, 0
    return hits, count, before


def _reviewers(chain: Chain) -> set[str]:
    found = (each.contents.get(name) for each in chain.links for name in ("reviewer", "actor") if "review" in each.kind)
    return {key for each in found for key in (text(each, "key_id"), text(each, "key")) if key}


def _excerpt(chain: Chain, wanted: str) -> str:
    """Some characters around the first place where any text of the decision says this; empty when none does."""
    folded = wanted.casefold()
    for link in chain.links:
        if link.kind == READ:
            continue
        for value in link.contents.values():
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            at = said.casefold().find(folded)
            if at >= 0:
                return said[max(0, at - _AROUND) : at + len(wanted) + _AROUND]
    return ""
