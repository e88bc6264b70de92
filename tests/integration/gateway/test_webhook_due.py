"""A review that is past its time is told of once, by the real log and over real HTTP, when the time has come."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

from allmanning.audit.review import deadline
from allmanning.gateway.settings import GatewaySettings
from allmanning.gateway.webhooks.signature import shown, signed
from allmanning.gateway.webhooks.webhooks import running
from tests.integration.audit.conftest import asker
from tests.integration.audit.office import AUTHORITY, held
from tests.integration.gateway.conftest import until
from tests.integration.gateway.receiver import receiving

__all__ = ["asker"]


async def test_a_review_that_becomes_due_is_told_of_once(asker, bus, tmp_path, monkeypatch):
    settings = GatewaySettings(data_dir=tmp_path / "gateway", webhook_private_hosts="127.0.0.1")
    decision = await held(asker, deadline_hours=3)
    async with receiving() as receiver, running(settings, bus) as webhooks:
        hook = webhooks.hooks.add(AUTHORITY, receiver.url, ["review.due"], 1.0)
        await webhooks.intake.look_for_due()
        assert webhooks.outbox.of(hook, 10) == []

        tomorrow = datetime.now(UTC) + timedelta(days=2)
        monkeypatch.setattr(deadline, "now", lambda: tomorrow.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        await webhooks.intake.look_for_due()
        await until(lambda: len(receiver.came) == 1, within_s=20)
        await webhooks.intake.look_for_due()
        assert [each.id for each in webhooks.outbox.of(hook, 10)] == [f"due-{decision}"]

    [(headers, body)] = receiver.came
    told = json.loads(body)
    assert (told["type"], told["data"]["decision_id"]) == ("review.due", decision)
    assert told["data"]["due_at"] < tomorrow.isoformat()
    secret = base64.b64decode(shown(hook.secret).removeprefix("whsec_"))
    wanted = signed(headers["webhook-id"], int(headers["webhook-timestamp"]), body, [secret])
    assert headers["webhook-signature"] == wanted["webhook-signature"]
