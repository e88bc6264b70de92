"""What is in force for each authority now, in the memory of every audit process.

What holds back (a stop, an ended deployment) counts as soon as its record is on the bus; what lets through counts when
it is in the log, which is looked at four times a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from nats.aio.msg import Msg
from sqlalchemy import func, select

from allmanning.audit.gate.facts import CHANNELS
from allmanning.audit.gate.gate import Gate
from allmanning.audit.gate.problem import BadRules
from allmanning.audit.gate.ruleset import Ruleset
from allmanning.audit.gate.schema import steering
from allmanning.audit.gate.steering import DEPLOYMENT_APPROVED, HOLDING_BACK, RULES_PUBLISHED, Matter, Steering
from allmanning.audit.gate.table import Table
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.log.origin import origin_of
from allmanning.audit.log.store import Store
from allmanning.audit.log.writer import Writer
from allmanning.contracts.audit.v1.audit_pb import Circumstances, DecisionRecorded, GateInput
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.dispatch import leaves_of
from allmanning.runtime.errors import InvalidInput, Unavailable
from allmanning.runtime.swedish_day import today

LOOK_EVERY_S: Final = 0.25
SEEN_WITHIN_S: Final = 10.0
_POLL_S: Final = 0.02
_HOLDING_BACK: Final = tuple(f'"se.audit.{kind}.v1"'.encode() for kind in sorted(HOLDING_BACK))

log = logging.getLogger(__name__)


class InForce:
    """Rules, deployments and stops of every authority.

    `log_refuses(authority)` says whether the log does not take in, or does not sign, what comes.
    """

    def __init__(self, bus: Bus, store: Store, gate: Gate, log_refuses: Callable[[str], bool]) -> None:
        self._bus = bus
        self._store = store
        self._gate = gate
        self._log_refuses = log_refuses
        self._steering: defaultdict[str, Steering] = defaultdict(Steering)
        self._rows = -1
        # By authority and file; None where the file can't be used.
        self._rulesets: dict[tuple[str, str], Ruleset | None] = {}
        self._stop_listening: Callable[[], object] | None = None

    async def warm_up(self) -> None:
        """Read what the log holds, and listen for what holds back."""
        heard = await self._bus.nc.subscribe(subjects.own_recorded("*"), cb=self._hear)
        self._stop_listening = heard.unsubscribe
        await self.refresh()

    async def keep_fresh(self) -> None:
        """Look for new records until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.refresh()
            except Unavailable as error:
                log.warning("the rules in force can't be read again: %s", error.code)

    async def _hear(self, message: Msg) -> None:
        if not any(kind in message.data for kind in _HOLDING_BACK):
            return
        try:
            leaves = [Leaf.parse(each.leaf) for each in leaves_of(DecisionRecorded.from_binary(message.data))]
        except (ValueError, InvalidInput):
            # The log makes a dead letter of it.
            return
        for leaf in leaves:
            if leaf.kind() in HOLDING_BACK:
                self._steering[leaf.authority].take(leaf)

    async def refresh(self) -> None:
        """Take in what is new in the log.

        Raises:
            Unavailable: when its database can't be read.
        """
        for leaf in await asyncio.to_thread(self._new):
            self._steering[leaf.authority].take(leaf)

    def _new(self) -> list[Leaf]:
        with self._store.database.snapshot() as connection:
            rows = connection.scalars(select(func.count()).select_from(steering)).one()
            if rows == self._rows:
                return []
            found = [Leaf.stored(data) for data in connection.scalars(select(steering.c.data))]
        self._rows = rows
        return found

    async def until_seen(self, authority: str, record: str) -> Steering:
        """The authority's matters, once this process knows of a record that was just left, and the log its content.

        Raises:
            Unavailable: `rules.pending`, after 10 s.
        """
        deadline = asyncio.get_running_loop().time() + SEEN_WITHIN_S
        while asyncio.get_running_loop().time() < deadline:
            await self.refresh()
            known = self._steering[authority]
            if record in known.seen and await asyncio.to_thread(self._has_content, known.seen[record]):
                return known
            await asyncio.sleep(_POLL_S)
        raise Unavailable("rules.pending", "Beslutet är sparat men syns inte ännu.", retry_after_s=1)

    def _has_content(self, leaf: Leaf) -> bool:
        # Content comes on a stream of its own.
        with self._store.reading(leaf.authority) as reading:
            return set(reading.parts(leaf)) == set(leaf.parts)

    def steering(self, authority: str) -> Steering:
        return self._steering[authority]

    async def of(self, authority: str, given: GateInput) -> tuple[Ruleset, Circumstances]:
        """The rules and the circumstances that a question of this authority meets today."""
        day = today().isoformat()
        channel = CHANNELS.get(given.channel, "")
        published, deployment, halt = self._steering[authority].applying(given.use_case, channel, day)
        rules = await self.rules(authority, published)
        return rules or self._gate.baseline, Circumstances(
            day=day,
            deployment=deployment.records[DEPLOYMENT_APPROVED].id if deployment else "",
            delegation=deployment.text(DEPLOYMENT_APPROVED, "deployment", "delegation") if deployment else "",
            ai_act=deployment.text(DEPLOYMENT_APPROVED, "deployment", "ai_act") if deployment else "",
            halt=halt.id if halt else "",
            log_unavailable=self._log_refuses(authority),
            rules_unreadable=rules is None,
        )

    async def rules(self, authority: str, published: Matter | None) -> Ruleset | None:
        """The baseline and the table that was published; None when that can't be read or used."""
        source = published.text(RULES_PUBLISHED, "rules", "source") if published else ""
        if not source:
            return self._gate.baseline
        key = (authority, source)
        if key not in self._rulesets:
            try:
                text = await asyncio.to_thread(self.source, authority, source)
                self._rulesets[key] = Ruleset(self._gate.national, Table.from_yaml(text))
            except BadRules:
                log.exception("the rules %s of %s can't be used", source, authority)
                self._rulesets[key] = None
            except Unavailable as error:
                # Asked again next time: what does not come now may come later.
                log.warning("the rules %s of %s can't be read: %s", source, authority, error.code)
                return None
        return self._rulesets[key]

    def source(self, authority: str, pin: str) -> str:
        """A table's file as it was written.

        Raises:
            Unavailable: `rules.pending`, when the log does not hold it (yet).
        """
        with self._store.reading(authority) as reading:
            content = next((each.content for each in reading.pins() if each.hash == pin), None)
        if content is None:
            raise Unavailable("rules.pending", "Regeltabellen finns inte i loggen ännu.", retry_after_s=1)
        return content.decode()

    async def close(self) -> None:
        if self._stop_listening is not None:
            stopped = self._stop_listening()
            if asyncio.iscoroutine(stopped):
                await stopped
            self._stop_listening = None


def log_refuses(store: Store, writer: Writer, authority: str) -> bool:
    """Whether one of the authority's logs is not signed, or records wait for one that does not come.

    Raises:
        Unavailable: `audit.disk_full`, `audit.database_unavailable`, while the log can't take records in: then no
            answer begins.
    """
    writer.ready()
    try:
        writer.check()
    except Unavailable:
        return True
    return any(origin.startswith(origin_of(authority, "")) for origin in store.refusals)
