"""Who may ask to measure how good the answers are."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Role, Secrecy
from tests.integration.gateway.test_chat import asked


async def test_only_an_administrator_marks_a_question_as_an_evaluation_and_asks_as_the_role_that_is_measured(gateway):
    extra = {"evaluation": True, "evaluation_as": "caseworker"}
    refused = {}
    for role in ("citizen", "caseworker", "auditor"):
        for stream in (False, True):
            async with gateway.client(role) as client:
                answer = await client.post("/v1/chat/completions", json=asked(allmanning=extra, stream=stream))
            refused[role, stream] = (answer.status_code, answer.json()["code"])
    assert set(refused.values()) == {(403, "evaluation.forbidden")}
    assert gateway.script.asked == []

    async with gateway.client("admin") as client:
        assert (await client.post("/v1/chat/completions", json=asked(allmanning=extra))).status_code == 200
        assert (await client.post("/v1/chat/completions", json=asked(allmanning={"evaluation": True}))).is_success
        assert (await client.post("/v1/chat/completions", json=asked())).is_success

    measured, default, own = gateway.script.asked
    assert (measured.evaluation, measured.principal.role, measured.principal.channel) == (
        True,
        Role.CASEWORKER,
        "internal",
    )
    assert (default.evaluation, default.principal.role, default.principal.clearances) == (
        True,
        Role.CITIZEN,
        [Secrecy.OPEN],
    )
    assert (own.evaluation, own.principal.role) == (False, Role.ADMIN)
    assert {measured.principal.key_id, default.principal.key_id} == {own.principal.key_id}
