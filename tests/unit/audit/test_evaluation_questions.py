"""What somebody asks to measure the answers is on record, and is nobody's use and nobody's work."""

from __future__ import annotations

from sqlalchemy import func, select

from allmanning.audit.inspection.counting import counted
from allmanning.audit.log.store import Store
from allmanning.audit.registers.schema import use
from allmanning.audit.review.schema import reviews
from tests.unit.audit.producer import AUTHORITY, Producer, put
from tests.unit.audit.story import tell


def test_an_evaluations_questions_are_listed_and_not_counted(store: Store, producer: Producer) -> None:
    tell(producer)
    measured = tell(producer, outcome="review", question={"channel": "evaluation"})
    held = tell(producer, outcome="review")
    put(store, producer.leaves, len(producer.leaves))

    with store.reading(AUTHORITY) as log:
        listed, _ = log.decisions("", 10, 0)
        told = counted(log.connection, AUTHORITY, "", "")
        used = log.connection.scalar(select(func.count()).select_from(use))
        waiting = list(log.connection.scalars(select(reviews.c.decision)))

    assert measured in {each.decision for each in listed}
    assert (told["decisions"], told["by_channel"]) == (2, {"citizen": 2})
    assert used == 2
    assert waiting == [held]
