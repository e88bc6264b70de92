"""Loggkontroll: who has read the log, looked at regularly, and the evidence of it (SoLPuL 10 §, SFS 2001:454)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import select

from allmanning.audit.inspection.chain import Chain, Link, chain_of
from allmanning.audit.inspection.desk import Desk, link_of
from allmanning.audit.inspection.draw import Member, drawn, seed_of
from allmanning.audit.inspection.journal import AUDITORS, READ, actor_of, require, stated
from allmanning.audit.inspection.reads import PATTERNS, Read, patterns
from allmanning.audit.inspection.schema import inspected, reads, tasks
from allmanning.audit.log.json_path import at, objects, text
from allmanning.audit.log.reading import Reading
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json

PLANNED: Final = "control.planned"
DRAWN: Final = "control.drawn"
JUDGED: Final = "control.judged"
VERDICTS: Final = ("justified", "unjustified", "unclear")
MAX_READS: Final = 20_000
MAX_DRAWN: Final = 500
MAX_DAYS: Final = 366


class Controls:
    """Each method is one request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def plan(self, principal: Principal, reason: str, every_days: int) -> dict[str, Json]:
        """Decide how often readings are looked at; the newest plan stands.

        Raises:
            InvalidInput: `control.days`, `audit.reason_missing`. Forbidden: `audit.forbidden`. Unavailable.
        """
        require(principal, *AUDITORS)
        if not 1 <= every_days <= MAX_DAYS:
            raise InvalidInput("control.days", f"Välj mellan 1 och {MAX_DAYS} dagar. (Choose 1 to {MAX_DAYS} days.)")
        fields: dict[str, Json] = {"control": {"every_days": every_days}}
        await self._desk.step(PLANNED, principal, uuid7(), note=stated(reason), fields=fields)
        return await self.standing(principal)

    async def draw(self, principal: Principal, reason: str, start: str, end: str, size: int) -> dict[str, Json]:
        """Draw readings of a period: some at random by the newest checkpoint, and those that show a pattern.

        Raises:
            InvalidInput: `control.period`, `control.size`, `audit.reason_missing`. Forbidden, Unavailable.
        """
        require(principal, *AUDITORS)
        if not start or not end or start >= end:
            raise InvalidInput("control.period", "Ange en period, från och till. (State a period, from and to.)")
        if not 0 <= size <= MAX_DRAWN:
            raise InvalidInput("control.size", f"Dra högst {MAX_DRAWN}. (Draw {MAX_DRAWN} at most.)")
        found, note = await self._desk.read(principal.authority, lambda log: (_reads(log, start, end), _note(log)))
        shown = patterns(found)
        seed = seed_of(note)
        random = drawn([Member(each.record, "") for each in found], seed, size)
        wanted = dict.fromkeys([*random, *list(shown)[:MAX_DRAWN]])
        by_record = {each.record: each for each in found}
        items: list[Json] = [
            {
                "record": record,
                "decision": by_record[record].decision,
                "random": record in random,
                "patterns": [*shown.get(record, [])],
            }
            for record in wanted
        ]
        control = uuid7()
        fields: dict[str, Json] = {
            "control": {
                "from": start,
                "to": end,
                "readings": len(found),
                "random": len(random),
                "with_pattern": len(shown),
                "drawn": len(items),
                "seed": seed,
            }
        }
        parts: dict[str, Json] = {"items": items, "checkpoint": note}
        await self._desk.step(DRAWN, principal, control, note=stated(reason), fields=fields, parts=parts)
        return {"control": control, "drawn": fields["control"], "items": items}

    async def judge(self, principal: Principal, note: str, control: str, record: str, verdict: str) -> dict[str, Json]:
        """Record whether a drawn reading was justified; nobody judges their own.

        Raises:
            InvalidInput: `control.verdict`, `audit.reason_missing`. NotFound: `task.not_found`, `control.not_drawn`.
            Conflict: `control.own_reading`. Forbidden, Unavailable.
        """
        require(principal, *AUDITORS)
        if verdict not in VERDICTS:
            raise InvalidInput("control.verdict", f"Välj {', '.join(VERDICTS)}. (Choose one of these.)")
        async with self._desk.alone(principal.authority, control):
            chain = await self._desk.task(principal.authority, control, DRAWN)
            item = next((each for each in _items(chain) if text(each, "record") == record), None)
            if item is None:
                raise NotFound("control.not_drawn", "Läsningen ingår inte i kontrollen. (Not part of the control.)")
            link = await self._desk.read(principal.authority, lambda log: link_of(log, record))
            if link is not None and text(link.contents.get("reader"), "key") == principal.key_id:
                raise Conflict("control.own_reading", "Någon annan bedömer din läsning. (Somebody else judges yours.)")
            fields: dict[str, Json] = {"control": {"record": record, "verdict": verdict}}
            await self._desk.step(JUDGED, principal, control, note=stated(note), fields=fields)
        return _done(await self._desk.task(principal.authority, control, DRAWN))

    async def show(self, principal: Principal, reason: str, control: str) -> dict[str, Json]:
        """A control with who read and why: that is content, so this reading is itself recorded.

        Raises:
            NotFound: `task.not_found`. InvalidInput: `audit.reason_missing`. Forbidden, Unavailable.
        """
        require(principal, *AUDITORS)
        chain = await self._desk.task(principal.authority, control, DRAWN)
        await self._desk.journal.read(principal, reason, [control])
        given = {each.leaf.text("control", "record"): each for each in chain.of(JUDGED)}

        def look(log: Reading) -> list[Json]:
            return [
                _item(each, _read(log, text(each, "decision"), text(each, "record")), given.get(text(each, "record")))
                for each in _items(chain)
            ]

        return {**_done(chain), "items": await self._desk.read(principal.authority, look)}

    async def standing(self, principal: Principal) -> dict[str, Json]:
        """The plan, the controls that were made, and when the next one is due: the evidence, and the reminder.

        Raises:
            Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)

        def look(log: Reading) -> dict[str, Json]:
            plans = _chains(log, "control_plan")
            made = [_done(each) for each in _chains(log, "control")]
            return {"controls": [*made], **due(plans[-1] if plans else None, made, datetime.now(UTC))}

        return await self._desk.read(principal.authority, look)


def due(plan: Chain | None, made: list[dict[str, Json]], moment: datetime) -> dict[str, Json]:
    """When the next control is due: so long after the last finished one, or after the plan. Without a plan, never."""
    every_days = at(plan.links[0].field("control"), "every_days") if plan else None
    if plan is None or not isinstance(every_days, int):
        return {"every_days": None, "due": None, "overdue": False}
    finished = [text(each, "finished_at") for each in made if each["finished"]]
    last = max([plan.links[0].leaf.time, *finished])
    when = datetime.fromisoformat(last) + timedelta(days=every_days)
    stamp = when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"every_days": every_days, "due": stamp, "overdue": moment > when}


def _chains(log: Reading, kind: str) -> list[Chain]:
    rows = log.connection.scalars(
        select(tasks.c.task).where(tasks.c.authority == log.authority, tasks.c.kind == kind).order_by(tasks.c.opened_at)
    ).all()
    return [chain_of(log, each, content=True) for each in rows]


def _items(chain: Chain) -> list[dict[str, Json]]:
    return [dict(each) for each in objects(chain.of(DRAWN)[0].contents.get("items"))]


def _done(chain: Chain) -> dict[str, Json]:
    drawn_by = chain.of(DRAWN)[0]
    judged = {each.leaf.text("control", "record"): each for each in chain.of(JUDGED)}
    records = {text(each, "record") for each in _items(chain)}
    finished = records <= set(judged)
    verdicts = [each.leaf.text("control", "verdict") for each in judged.values()]
    return {
        "control": chain.decision,
        "drawn_at": drawn_by.leaf.time,
        "drawn": drawn_by.field("control"),
        "judged": len(records & set(judged)),
        "verdicts": {name: verdicts.count(name) for name in VERDICTS},
        "finished": finished,
        "finished_at": chain.links[-1].leaf.time if finished else None,
    }


def _item(item: dict[str, Json], read: Read | None, judged: Link | None) -> Json:
    shown = item.get("patterns")
    return {
        **item,
        "words": [PATTERNS[each] for each in shown if isinstance(each, str)] if isinstance(shown, list) else [],
        "time": read.time if read else None,
        "reader": {"key": read.key, "role": read.role, "unit": read.unit, "reason": read.reason} if read else None,
        "verdict": judged.leaf.text("control", "verdict") if judged else None,
        "note": judged.content("note") if judged else None,
        "judged_by": actor_of(judged) if judged else None,
    }


def _note(log: Reading) -> str:
    signed = [each.note for each in log.logs() if each.signed]
    return signed[-1] if signed else ""


def _reads(log: Reading, start: str, end: str) -> list[Read]:
    rows = log.connection.execute(
        select(reads.c.record, reads.c.decision)
        .where(reads.c.authority == log.authority, reads.c.time >= start, reads.c.time < end)
        .order_by(reads.c.time.desc())
        .limit(MAX_READS)
    ).all()
    found = (_read(log, row.decision, row.record) for row in rows)
    return [each for each in found if each is not None]


def _read(log: Reading, decision: str, record: str) -> Read | None:
    link = link_of(log, record)
    if link is None or link.kind != READ:
        return None
    of = (inspected.c.authority == log.authority, inspected.c.decision == decision)
    reader = link.contents.get("reader")
    return Read(
        record=record,
        decision=decision,
        time=link.leaf.time,
        role=link.leaf.text("role"),
        key=text(reader, "key"),
        unit=text(reader, "unit"),
        reason=text(reader, "reason"),
        decision_unit=log.connection.scalar(select(inspected.c.unit).where(*of)) or "",
    )
