"""Which checkpoint a sample is drawn by."""

from __future__ import annotations

from allmanning.audit.inspection.chain import Link
from allmanning.audit.inspection.samples import cosignatures, covering
from allmanning.audit.publication.source import Witnessed, keep_witnessed
from tests.unit.audit.producer import AUTHORITY, put
from tests.unit.audit.published import ORIGIN


def test_the_checkpoint_that_witnesses_have_signed_is_the_seed_once_it_covers_the_frame(store, producer):
    framed = producer.record("sample.framed", "s")
    put(store, [framed, *(producer.record("answer.released", "d") for _ in range(3))], len(producer.leaves))
    link = Link(framed, {}, index=0)
    with store.reading(AUTHORITY) as log:
        own = next(each for each in log.logs() if each.origin == ORIGIN)
        assert covering(log, link) == Witnessed(own.signed, own.note)
    seen = f"{own.note}— grannby.example AAAA\n— revision.example BBBB\n"
    with store.database.transaction() as connection:
        keep_witnessed(connection, ORIGIN, Witnessed(2, seen))
    with store.reading(AUTHORITY) as log:
        assert covering(log, link) == Witnessed(2, seen)
        assert covering(log, Link(framed, {}, index=2)) == Witnessed(own.signed, own.note)
    assert (cosignatures(own.note, ORIGIN), cosignatures(seen, ORIGIN)) == (0, 2)


def test_the_logs_own_second_key_is_no_witness():
    note = f"{ORIGIN}\n1\nroot\n\n— {ORIGIN} AAAA\n— {ORIGIN} CCCC\n"
    assert cosignatures(note, ORIGIN) == 0
