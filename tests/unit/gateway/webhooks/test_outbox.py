"""Deliveries are kept once, tried again for long enough, and end dead or with the webhook disabled."""

from __future__ import annotations

import threading

import pytest

from allmanning.gateway.webhooks.database import open_webhooks
from allmanning.gateway.webhooks.hook import Happened
from allmanning.gateway.webhooks.hooks import FORMER_S, MOST, Hooks
from allmanning.gateway.webhooks.outbox import DISABLED_AFTER_S, KEPT_S, LEASE_S, RETRY_AFTER_S, Outbox
from allmanning.runtime.errors import Conflict, NotFound

KEY = bytes(32)
URL = "https://arende.exempelby.se/"


@pytest.fixture
def kept(tmp_path):
    database, lock = open_webhooks(tmp_path), threading.Lock()
    yield Hooks(database, lock, KEY), Outbox(database, lock)
    database.close()


def event(number: int = 1, kind: str = "review.opened", authority: str = "exempelby") -> Happened:
    return Happened(f"record-{number}", authority, kind, "2026-11-27T10:00:00.000Z", {"decision_id": "b1"})


def test_an_event_is_kept_once_for_each_webhook_of_its_authority_that_wants_it(kept):
    hooks, outbox = kept
    wants = hooks.add("exempelby", URL, ["review.opened"], 0)
    hooks.add("exempelby", URL, ["document.ingested"], 0)
    hooks.add("annanby", URL, ["review.opened"], 0)

    outbox.put([event(), event(2, "review.closed")], 10)
    outbox.put([event()], 11)

    [delivery] = outbox.take(12, 10)
    assert (delivery.hook, delivery.id) == (wants.id, "record-1")
    assert delivery.body == (
        b'{"type":"review.opened","timestamp":"2026-11-27T10:00:00.000Z",'
        b'"data":{"authority":"exempelby","decision_id":"b1"}}'
    )


def test_what_a_dead_process_took_is_taken_again_after_its_lease(kept):
    hooks, outbox = kept
    hooks.add("exempelby", URL, ["review.opened"], 0)
    outbox.put([event()], 0)

    assert len(outbox.take(1, 10)) == 1
    assert outbox.take(LEASE_S, 10) == []
    assert len(outbox.take(LEASE_S + 1, 10)) == 1


def test_a_delivery_is_tried_for_more_than_a_day_and_is_then_dead(kept):
    hooks, outbox = kept
    hook, now = hooks.add("exempelby", URL, ["review.opened"], 0), 0.0
    outbox.put([event()], now)

    tried = 0
    while due := outbox.take(now, 10):
        tried += 1
        outbox.failed(due[0], 503, "webhook.refused", now)
        now = outbox.of(hook, 1)[0].next_at

    [dead] = outbox.of(hook, 10)
    assert (dead.state, dead.attempts, dead.error, dead.status) == (
        "dead",
        1 + len(RETRY_AFTER_S),
        "webhook.refused",
        503,
    )
    assert tried == dead.attempts
    assert now > 86_400


def test_a_webhook_that_nothing_gets_through_to_for_days_is_disabled_with_a_reason_and_can_be_started_again(kept):
    hooks, outbox = kept
    hook = hooks.add("exempelby", URL, ["review.opened"], 0)
    outbox.put([event(1), event(2)], 0)
    first, second = outbox.take(1, 10)

    outbox.failed(first, 0, "webhook.no_answer", 1)
    assert hooks.one("exempelby", hook.id).failing_since == 1
    outbox.failed(second, 0, "webhook.no_answer", 2 + DISABLED_AFTER_S)

    disabled = hooks.one("exempelby", hook.id)
    assert disabled.state == "disabled"
    assert "fem dygn" in disabled.reason
    assert outbox.take(10 * DISABLED_AFTER_S, 10) == []
    started = hooks.change("exempelby", hook.id, url="", kinds=[], active=True)
    assert (started.state, started.reason, started.failing_since) == ("active", "", 0)
    assert len(outbox.take(10 * DISABLED_AFTER_S, 10)) == 2


def test_one_that_gets_through_ends_the_failure_and_one_that_is_gone_disables_at_once(kept):
    hooks, outbox = kept
    hook = hooks.add("exempelby", URL, ["review.opened"], 0)
    outbox.put([event(1), event(2)], 0)
    first, second = outbox.take(1, 10)

    outbox.failed(first, 500, "webhook.refused", 1)
    outbox.told(second, 204, 2)
    assert hooks.one("exempelby", hook.id).failing_since == 0
    outbox.failed(first, 410, "webhook.refused", 3, gone=True)

    assert hooks.one("exempelby", hook.id).state == "disabled"
    assert {each.id: each.state for each in outbox.of(hook, 10)} == {"record-1": "dead", "record-2": "delivered"}


def test_what_is_settled_goes_after_a_month_and_what_waits_stays(kept):
    hooks, outbox = kept
    hook = hooks.add("exempelby", URL, ["review.opened"], 0)
    outbox.put([event(1), event(2)], 0)
    outbox.told(outbox.take(1, 1)[0], 204, 1)

    outbox.tidy(1 + KEPT_S)

    assert [each.state for each in outbox.of(hook, 10)] == ["waiting"]


def test_a_new_secret_signs_beside_the_former_for_a_day(kept):
    hooks, _ = kept
    hook = hooks.add("exempelby", URL, ["review.opened"], 0)

    changed = hooks.rotate("exempelby", hook.id, 100)

    assert changed.secrets(101) == [changed.secret, hook.secret]
    assert changed.secrets(100 + FORMER_S) == [changed.secret]


def test_an_authority_has_only_its_own_webhooks_and_only_so_many(kept):
    hooks, _ = kept
    mine = [hooks.add("exempelby", URL, ["review.opened"], 0) for _ in range(MOST)]

    with pytest.raises(Conflict):
        hooks.add("exempelby", URL, ["review.opened"], 0)
    with pytest.raises(NotFound):
        hooks.one("annanby", mine[0].id)
    with pytest.raises(NotFound):
        hooks.remove("annanby", mine[0].id)
    hooks.remove("exempelby", mine[0].id)
    assert len(hooks.of("exempelby")) == MOST - 1
