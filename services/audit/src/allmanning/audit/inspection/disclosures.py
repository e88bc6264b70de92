"""Utlämnande: propose masks, prepare, have somebody else decide, and hand out (TF 2 kap., OSL 6 kap.).

Nothing here asks or keeps who wants the document or why (TF 2 kap. 18 §): the reason that is recorded is the
official's own, for opening the content.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from allmanning.audit import decisions
from allmanning.audit.inspection.chain import Chain, chain_of
from allmanning.audit.inspection.desk import Desk
from allmanning.audit.inspection.journal import READ, actor_of, require, stated
from allmanning.audit.inspection.masking import Mask, masked, proposed, text_of
from allmanning.audit.inspection.released import OpenPart, release, released_page
from allmanning.audit.log.json_path import objects
from allmanning.audit.log.keys import Keys
from allmanning.audit.log.protocol import Records
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.inspection_pb import DisclosureMask
from allmanning.runtime.errors import Conflict, InvalidInput
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, canonical, digest

PREPARED: Final = "disclosure.prepared"
SETTLED: Final = "disclosure.settled"
RELEASED: Final = "disclosure.released"
OFFICIALS: Final = (Role.CASEWORKER, Role.ADMIN)
# Who read or took a step is not part of what was decided; nor is what was done to disclose it.
_LEFT_OUT: Final = frozenset({READ, SETTLED, RELEASED, "explanation.given", "case_file.made", "recall.settled"})
# Who asked and who reviewed, by pseudonym: kept to hold people to account, and not part of what they wrote.
_PERSONS: Final = frozenset({"actor", "reviewer"})


class Disclosures:
    """Each method is one request."""

    def __init__(self, desk: Desk, records: Records, keys: Keys) -> None:
        self._desk = desk
        self._records = records
        self._keys = keys

    async def propose(self, principal: Principal, reason: str, decision: str) -> dict[str, Json]:
        """The decision's texts, each with the masks that the personal-data detector proposes.

        A proposal is a starting point: whether there is secrecy is tried by a person for each mask.

        Raises:
            NotFound: `decision.not_found`. InvalidInput: `audit.reason_missing`. Forbidden, Unavailable.
        """
        require(principal, *OFFICIALS)
        stated(reason)
        await self._desk.chain(principal.authority, decision, content=False)
        await self._desk.journal.read(principal, reason, [decision])

        def look(log: Reading) -> dict[str, Json]:
            texts: list[Json] = []
            for each in _parts(log, decision):
                content: Json = json.loads(each.content)
                masks = proposed(each.record, each.part, content)
                texts.append(
                    {
                        "record": each.record,
                        "kind": each.kind,
                        "part": each.part,
                        "text": text_of(content),
                        "masks": [one.as_json() for one in masks],
                    }
                )
            return {"decision": decision, "texts": texts}

        return await self._desk.read(principal.authority, look)

    async def prepare(
        self, principal: Principal, reason: str, decision: str, asked: Sequence[DisclosureMask]
    ) -> dict[str, Json]:
        """The first person's decision: these masks, each with its provision.

        Raises:
            InvalidInput: `disclosure.mask`, `audit.reason_missing`. NotFound: `decision.not_found`.
            Forbidden, Unavailable.
        """
        require(principal, *OFFICIALS)
        masks = [_mask(each) for each in asked]
        await self._desk.read(principal.authority, lambda log: _check(log, decision, masks))
        disclosure = uuid7()
        fields: dict[str, Json] = {"disclosure": {"decision": decision, "masks": len(masks)}}
        parts: dict[str, Json] = {"masks": [each.as_json() for each in masks]}
        await self._desk.step(PREPARED, principal, disclosure, note=stated(reason), fields=fields, parts=parts)
        return {"disclosure": disclosure, "decision": decision, "masks": len(masks), "state": "prepared"}

    async def settle(self, principal: Principal, reason: str, disclosure: str, *, approve: bool) -> dict[str, Json]:
        """The second person's decision, once.

        Raises:
            Conflict: `disclosure.same_person`, `disclosure.settled`. NotFound: `task.not_found`.
            InvalidInput: `audit.reason_missing`. Forbidden, Unavailable.
        """
        require(principal, *OFFICIALS)
        async with self._desk.alone(principal.authority, disclosure):
            chain = await self._desk.task(principal.authority, disclosure, PREPARED)
            prepared_by = actor_of(chain.of(PREPARED)[0])
            if not prepared_by or prepared_by == principal.key_id:
                raise Conflict(
                    "disclosure.same_person",
                    "En annan person än den som förberett avgör. (Somebody else than who prepared it decides.)",
                )
            if chain.of(SETTLED):
                raise Conflict("disclosure.settled", "Utlämnandet är redan avgjort. (It has been decided.)")
            state = "approved" if approve else "rejected"
            fields: dict[str, Json] = {"disclosure": {"state": state}}
            await self._desk.step(SETTLED, principal, disclosure, note=stated(reason), fields=fields)
        return {"disclosure": disclosure, "decision": _decision(chain), "state": state}

    async def show(self, principal: Principal, reason: str, disclosure: str) -> dict[str, Json]:
        """What would be handed out, masked, for whoever decides on it: content, so the reading is recorded.

        Raises:
            NotFound: `task.not_found`. InvalidInput: `audit.reason_missing`. Forbidden, Unavailable.
        """
        require(principal, *OFFICIALS)
        stated(reason)
        chain = await self._desk.task(principal.authority, disclosure, PREPARED)
        decision = _decision(chain)
        await self._desk.journal.read(principal, reason, [decision])
        masks = [Mask.of(each) for each in objects(chain.of(PREPARED)[0].contents.get("masks"))]
        settled = chain.of(SETTLED)

        def look(log: Reading) -> list[Json]:
            return [
                {
                    "kind": each.kind,
                    "part": each.part,
                    "text": masked(
                        text_of(json.loads(each.content)),
                        [one for one in masks if (one.record, one.part) == (each.record, each.part)],
                    ),
                }
                for each in _parts(log, decision)
            ]

        return {
            "disclosure": disclosure,
            "decision": decision,
            "prepared_at": chain.links[0].leaf.time,
            "state": settled[0].leaf.text("disclosure", "state") if settled else "prepared",
            "masks": [each.as_json() for each in masks],
            "texts": await self._desk.read(principal.authority, look),
        }

    async def release(self, principal: Principal, disclosure: str) -> tuple[dict[str, Json], bytes]:
        """What is handed out: the page to read, and as report the proof that `released.faults` checks.

        Raises:
            Conflict: `disclosure.not_approved`. NotFound: `task.not_found`.
            Unavailable: `decision.pending`, `audit.unavailable`. Forbidden.
        """
        require(principal, *OFFICIALS)
        chain = await self._desk.task(principal.authority, disclosure, PREPARED)
        settled = chain.of(SETTLED)
        if not settled or settled[0].leaf.text("disclosure", "state") != "approved":
            raise Conflict(
                "disclosure.not_approved",
                "Utlämnandet är inte godkänt av en andra person. (A second person has not approved it.)",
            )
        decision = _decision(chain)
        masks = [Mask.of(each) for each in objects(chain.of(PREPARED)[0].contents.get("masks"))]

        def look(log: Reading) -> tuple[dict[str, Json], bytes]:
            parts = _parts(log, decision)
            receipt = decisions.prove(self._records, self._keys, log.authority, decision)
            made = release(log.authority, decision, receipt, parts, masks)
            return made, released_page(made, {each.record: each.kind for each in parts})

        proof, page = await self._desk.read(principal.authority, look)
        fields: dict[str, Json] = {
            "disclosure": {
                "id": disclosure,
                "page": digest(page),
                "proof": digest(canonical(proof)),
                "masks": len(masks),
            }
        }
        await self._desk.journal.step(RELEASED, principal, decision, fields=fields)
        return proof, page


def _decision(chain: Chain) -> str:
    return chain.of(PREPARED)[0].leaf.text("disclosure", "decision")


def _mask(asked: DisclosureMask) -> Mask:
    return Mask.of(
        {
            "record": asked.record,
            "part": asked.part,
            "start": asked.start,
            "end": asked.end,
            "provision": asked.provision,
            "kind": asked.kind,
        }
    )


def _parts(log: Reading, decision: str) -> list[OpenPart]:
    """The parts of a decision that are there, in the order of the log."""
    return [
        OpenPart(placed.leaf.id, placed.leaf.kind(), part.name, part.salt, part.content)
        for placed in log.records(decision)
        if placed.leaf.kind() not in _LEFT_OUT
        for part in log.parts(placed.leaf).values()
        if part.content and part.name not in _PERSONS
    ]


def _check(log: Reading, decision: str, masks: Sequence[Mask]) -> None:
    """Every mask lies in a text of the decision."""
    chain_of(log, decision, content=False)
    texts = {(each.record, each.part): text_of(json.loads(each.content)) for each in _parts(log, decision)}
    for each in masks:
        if (each.record, each.part) not in texts:
            raise InvalidInput(
                "disclosure.mask", "En maskning gäller en text som inte finns. (A mask is of a text that is not there.)"
            )
    for key, text in texts.items():
        masked(text, [each for each in masks if (each.record, each.part) == key])
