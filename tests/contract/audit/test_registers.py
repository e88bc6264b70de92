"""Use, changes, card and events are the same whichever database the log lies in."""

from __future__ import annotations

from allmanning.audit.export.siem.stream import events_after
from allmanning.audit.log import projection
from allmanning.audit.log.reading import StoredPin
from allmanning.audit.registers.card import Named, card_of
from allmanning.audit.registers.modification import changes_between, modifications
from allmanning.runtime.record import canonical, digest
from tests.unit.audit.producer import AUTHORITY, put
from tests.unit.audit.story import PINS, tell

OLD, NEW = canonical({"temperature": 0.1}), canonical({"temperature": 0.7})


def test_a_log_is_told_of_alike(make, producer):
    store = make()
    tell(producer, time="2026-10-01T10:00:00.000Z", pins=PINS | {"model": digest(OLD)})
    tell(producer, pins=PINS | {"model": digest(NEW)}, outcome="review", review="edited")
    producer.record("access.read", "d", role="auditor")
    producer.record("register.written", "registers", parts={"texts": {"purpose": "Svara."}})
    put(store, producer.leaves, len(producer.leaves))
    store.keep(producer.parts, [StoredPin(AUTHORITY, digest(each), "model", each) for each in (OLD, NEW)])
    for _ in range(2):
        with store.reading(AUTHORITY) as log:
            card = card_of(log, "2026-11-30T00:00:00.000Z", Named()).value
            [change] = changes_between(log.connection, AUTHORITY, "2026-10-15", "")
            [found] = modifications(log.connection, AUTHORITY, "2026-10-15", "")
            events = events_after(log, 0).events
        assert card["use"]["months"] == {"2026-10": 1, "2026-11": 1}
        assert card["use"]["reviews"] == {"edited": 1}
        assert card["model"] == {"temperature": 0.7}
        assert card["texts"] == {"purpose": "Svara."}
        assert (change.kind, change.after) == ("model", digest(NEW))
        assert '+  "temperature": 0.7' in found.diff
        assert [each.kind for each in events] == ["review.closed", "access.read", "register.written"]
        with store.database.transaction() as connection:
            projection.rebuild(connection)
