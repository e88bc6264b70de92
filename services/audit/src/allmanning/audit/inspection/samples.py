"""Samples: fix the frame, draw from it by a later checkpoint, judge by two persons, and say how often it went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allmanning.audit.inspection.chain import Chain, Link
from allmanning.audit.inspection.desk import Desk, pinned
from allmanning.audit.inspection.draw import Member, drawn, frame_of, members_of, seed_of
from allmanning.audit.inspection.find import Found, every
from allmanning.audit.inspection.journal import AUDITORS, actor_of, require, stated
from allmanning.audit.inspection.judgement import Standing, Verdict, check, error_rate, standings
from allmanning.audit.inspection.questions import wanted_of
from allmanning.audit.inspection.terms import SINGLE
from allmanning.audit.log.json_path import at
from allmanning.audit.log.reading import Reading
from allmanning.audit.publication.source import Witnessed, witnessed_of
from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.audit.v1.inspection_pb import FrameSample, Selection
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound, TooLarge, Unavailable
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import Json, digest

FRAMED: Final = "sample.framed"
DRAWN: Final = "sample.drawn"
JUDGED: Final = "sample.judged"
MAX_FRAME: Final = 500_000
MAX_SIZE: Final = 5_000
# A message holds 1 MiB.
_PIN_BYTES: Final = 700_000
_SIGNATURE: Final = "— "


class Samples:
    """Each method is one request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def frame(self, principal: Principal, reason: str, asked: FrameSample) -> dict[str, Json]:
        """Fix what may be drawn: the decisions' numbers are pinned, and their hash is recorded before any seed exists.

        Raises:
            InvalidInput: `find.kind_unknown`, `sample.stratum_unknown`, `sample.empty`, `audit.reason_missing`.
            TooLarge: `sample.too_large`. Forbidden: `audit.forbidden`. Unavailable: `audit.unavailable`.
        """
        require(principal, *AUDITORS)
        by, wanted = asked.stratify_by, wanted_of(asked.selection)
        if by and by not in SINGLE:
            raise InvalidInput(
                "sample.stratum_unknown",
                f"Dela upp efter något av {', '.join(sorted(SINGLE))}. (Stratify by one of these.)",
            )
        found = await self._desk.read(
            principal.authority, lambda log: list(every(log.connection, log.authority, wanted, MAX_FRAME + 1))
        )
        if not found:
            raise InvalidInput("sample.empty", "Urvalet är tomt. (Nothing is selected.)")
        if len(found) > MAX_FRAME:
            raise TooLarge("sample.too_large", f"Ramen får ha högst {MAX_FRAME} beslut. (The frame is too large.)")
        frame = frame_of([Member(each.decision, _stratum(each, by)) for each in found])
        pins: list[Json] = [
            await self._desk.journal.pin(principal.authority, "sample-frame", frame[at_ : at_ + _PIN_BYTES])
            for at_ in range(0, len(frame), _PIN_BYTES)
        ]
        sample = uuid7()
        fields: dict[str, Json] = {
            "sample": {"frame": digest(frame), "members": len(found), "stratify_by": by, "pins": pins}
        }
        parts: dict[str, Json] = {"selection": _selection(asked.selection)}
        await self._desk.step(FRAMED, principal, sample, note=stated(reason), fields=fields, parts=parts)
        return await self.show(principal, sample)

    async def draw(self, principal: Principal, sample: str, size: int) -> dict[str, Json]:
        """Draw once, with a checkpoint that covers the frame's own record as the seed.

        Raises:
            InvalidInput: `sample.size`. NotFound: `task.not_found`. Conflict: `sample.drawn`, `sample.frame_changed`.
            Unavailable: `sample.checkpoint_pending`, until there is such a checkpoint; `audit.unavailable`.
        """
        require(principal, *AUDITORS)
        if not 1 <= size <= MAX_SIZE:
            raise InvalidInput("sample.size", f"Dra mellan 1 och {MAX_SIZE} beslut. (Draw between 1 and {MAX_SIZE}.)")
        async with self._desk.alone(principal.authority, sample):
            chain = await self._desk.task(principal.authority, sample, FRAMED)
            if chain.of(DRAWN):
                raise Conflict(
                    "sample.drawn", "Stickprovet är redan draget, och dras bara en gång. (A sample is drawn once.)"
                )
            framed = chain.of(FRAMED)[0]
            members, seen = await self._desk.read(
                principal.authority, lambda one: (_frame(one, framed), covering(one, framed))
            )
            if seen.size <= framed.index:
                raise Unavailable(
                    "sample.checkpoint_pending",
                    "Ingen kontrollpunkt täcker ramen ännu. Försök igen om ett ögonblick. (No checkpoint yet.)",
                    retry_after_s=1,
                )
            seed = seed_of(seen.note)
            fields: dict[str, Json] = {
                "sample": {
                    "seed": seed,
                    "checkpoint_size": seen.size,
                    "cosignatures": cosignatures(seen.note, framed.leaf.origin),
                    "size": size,
                }
            }
            names: list[Json] = [*drawn(members, seed, size)]
            parts: dict[str, Json] = {"checkpoint": seen.note, "members": names}
            await self._desk.step(DRAWN, principal, sample, fields=fields, parts=parts)
        return await self.show(principal, sample)

    async def judge(self, principal: Principal, note: str, sample: str, decision: str, verdict: str) -> dict[str, Json]:
        """Record a verdict on one drawn decision; a second person judges it too.

        Raises:
            NotFound: `task.not_found`, `sample.not_drawn`. Conflict: `sample.same_person`, `sample.judged`.
            InvalidInput: `sample.verdict`, `audit.reason_missing`. Forbidden, Unavailable.
        """
        require(principal, *AUDITORS)
        async with self._desk.alone(principal.authority, sample):
            chain = await self._desk.task(principal.authority, sample, FRAMED)
            standing = next((each for each in standings_of(chain) if each.member == decision), None)
            if standing is None:
                raise NotFound(
                    "sample.not_drawn", "Beslutet hör inte till stickprovet. (The decision is not in the sample.)"
                )
            check(standing, verdict, principal.key_id)
            fields: dict[str, Json] = {"sample": {"decision": decision, "verdict": verdict}}
            await self._desk.step(JUDGED, principal, sample, note=stated(note), fields=fields)
        return await self.show(principal, sample)

    async def show(self, principal: Principal, sample: str) -> dict[str, Json]:
        """The sample, whether the draw can be repeated, the verdicts and the error rate.

        Raises:
            NotFound: `task.not_found`. Forbidden: `audit.forbidden`.
        """
        require(principal, *AUDITORS)
        chain = await self._desk.task(principal.authority, sample, FRAMED)
        given = standings_of(chain)
        framed, drawn_by = chain.of(FRAMED)[0], chain.last(DRAWN)
        repeats: bool | None = None
        if drawn_by:
            members = await self._desk.read(principal.authority, lambda log: _frame(log, framed))
            repeats = _repeats(members, drawn_by)
        return {
            "sample": sample,
            "framed": framed.field("sample"),
            "drawn": drawn_by.field("sample") if drawn_by else None,
            "checkpoint": drawn_by.content("checkpoint") if drawn_by else None,
            "repeats": repeats,
            "result": error_rate(given) if drawn_by else None,
            "decisions": [
                {
                    "decision": each.member,
                    "agreed": each.agreed or None,
                    "verdicts": [{"verdict": one.verdict, "note": one.note, "time": one.time} for one in each.verdicts],
                }
                for each in given
            ],
        }


def cosignatures(note: str, origin: str) -> int:
    """How many names besides the log's own, which may sign with two keys, have signed a checkpoint."""
    lines = [line.removeprefix(_SIGNATURE) for line in note.splitlines() if line.startswith(_SIGNATURE)]
    return len({line.split(" ")[0] for line in lines} - {origin})


def standings_of(chain: Chain) -> list[Standing]:
    """What has been said of each drawn decision; empty before the draw. The first draw counts."""
    draws = chain.of(DRAWN)
    if not draws:
        return []
    names = draws[0].contents.get("members")
    members = [each for each in names if isinstance(each, str)] if isinstance(names, list) else []
    return standings(members, (_verdict(each) for each in chain.of(JUDGED)))


def _verdict(link: Link) -> Verdict:
    return Verdict(
        link.leaf.text("sample", "decision"),
        link.leaf.text("sample", "verdict"),
        actor_of(link),
        link.content("note"),
        link.leaf.time,
    )


def _stratum(found: Found, by: str) -> str:
    return str(getattr(found, by)) if by else ""


def _selection(selection: Selection | None) -> Json:
    wanted = wanted_of(selection)
    return {
        "from": wanted.opened_from,
        "to": wanted.opened_to,
        "criteria": [{"kind": each.kind, "value": each.value} for each in wanted.terms],
    }


def covering(log: Reading, framed: Link) -> Witnessed:
    """The newest checkpoint that witnesses have signed, when it covers the frame; else the log's own newest."""
    origin = framed.leaf.origin
    known = witnessed_of(log.connection, origin)
    if known.size > framed.index:
        return known
    own = next(each for each in log.logs() if each.origin == origin)
    return Witnessed(own.signed, own.note)


def _frame(log: Reading, framed: Link) -> list[Member]:
    hashes = at(framed.field("sample"), "pins")
    named = [each for each in hashes if isinstance(each, str)] if isinstance(hashes, list) else []
    kept = pinned(log, set(named))
    frame = b"".join(kept[each].content for each in named if each in kept)
    if digest(frame) != framed.leaf.text("sample", "frame"):
        raise Conflict(
            "sample.frame_changed", "Ramen är inte den som fastställdes. (The frame is not the one that was fixed.)"
        )
    return members_of(frame)


def _repeats(members: Sequence[Member], draw: Link) -> bool:
    """Whether seed and draw follow from what is logged."""
    size = at(draw.field("sample"), "size")
    seed = seed_of(draw.content("checkpoint"))
    again = drawn(members, seed, size) if isinstance(size, int) else []
    return seed == draw.leaf.text("sample", "seed") and again == draw.contents.get("members")
