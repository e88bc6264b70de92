"""Vem har läst om mig? Each reading, by role and unit and never by name, in the shape of Estonia's data tracker."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from allmanning.audit.forgetting.naming import SHORTEST, names
from allmanning.audit.forgetting.projection import SEARCHED as ERASURE_SEARCHED
from allmanning.audit.inspection.chain import Link, chain_of
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.journal import AUDITORS, READ, require, stated
from allmanning.audit.log.json_path import text
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.inspection_pb import ListReadersOfPerson
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, now

SEARCHED: Final = "access.searched"
MOST_DECISIONS: Final = 1_000
_ACTIONS: Final = {READ: "Läste innehållet"}


class Readers:
    """Each method is one request; the report is JSON."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of_decision(self, authority: str, decision: str) -> dict[str, Json]:
        """For whoever holds the decision's number: each reading of it, newest first.

        Raises:
            NotFound: `decision.not_found`.
        """

        def look(log: Reading) -> dict[str, Json]:
            chain = chain_of(log, decision, content=True)
            usages: list[Json] = [_usage(each) for each in reversed(chain.of(READ))]
            return {"decision": decision, **_told(log, usages, chain.links[0].leaf.time)}

        return await self._desk.read(authority, look)

    async def of_person(self, principal: Principal, reason: str, asked: ListReadersOfPerson) -> dict[str, Json]:
        """For a person who asks the authority: each reading of every decision whose content names them, newest first.

        The whole log is opened for it, which is on record with the reason, and none of it is shown. `more`: there are
        decisions beyond the first 1,000.

        Raises:
            InvalidInput: `search.empty`, `audit.reason_missing`. Forbidden: `audit.forbidden`.
            Unavailable: `audit.unavailable`, when the search can't be recorded.
        """
        require(principal, *AUDITORS)
        if not (asked.key_id or len(asked.text.strip()) >= SHORTEST):
            raise InvalidInput("search.empty", f"Ange minst {SHORTEST} tecken, eller en nyckel. (Give words or a key.)")
        query: dict[str, Json] = {"text": asked.text, "key_id": asked.key_id}
        await self._desk.journal.step(SEARCHED, principal, uuid7(), note=stated(reason), parts={"query": query})

        def look(log: Reading) -> dict[str, Json]:
            decisions = list(_naming(log, asked))
            chains = [chain_of(log, each, content=True) for each in decisions[:MOST_DECISIONS]]
            reads = sorted(
                ((chain, each) for chain in chains for each in chain.of(READ)), key=lambda one: one[1].leaf.time
            )
            usages: list[Json] = [{"decision": chain.decision, **_usage(each)} for chain, each in reversed(reads)]
            return {
                "decisions": len(chains),
                "more": len(decisions) > MOST_DECISIONS,
                **_told(log, usages, min((chain.links[0].leaf.time for chain in chains), default=now())),
            }

        return await self._desk.read(principal.authority, look)


def _naming(log: Reading, asked: ListReadersOfPerson) -> Iterator[str]:
    """Decisions whose content names the person, each once, one more than is told of. Who read is no part of that."""
    found: set[str] = set()
    for state in log.logs():
        for leaf in log.leaves(state, state.size):
            if leaf.decision in found or leaf.kind() in (READ, SEARCHED, ERASURE_SEARCHED):
                continue
            if any(names(part.content, asked.text, asked.key_id) for part in log.parts(leaf).values()):
                found.add(leaf.decision)
                yield leaf.decision
            if len(found) > MOST_DECISIONS:
                return


def _usage(read: Link) -> dict[str, Json]:
    return {
        "logtime": read.leaf.time,
        "action": _ACTIONS[read.kind],
        "receiverRole": read.leaf.text("role"),
        "receiverUnit": read.leaf.text("unit") or text(read.contents.get("reader"), "unit"),
        "receiverSystem": "Allmänning",
    }


def _told(log: Reading, usages: list[Json], since: str) -> dict[str, Json]:
    newest = log.logs()[-1]
    return {
        "usages": usages,
        "usagePeriod": {"start": since, "end": now()},
        "heartbeat": {"time": now(), "log": newest.origin, "size": newest.size, "signed": newest.signed},
    }
