"""Runs of the authority's own questions: over the API, in the background, with the answers of scripted services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from allmanning.contracts.generate.v1 import generate_pb as generate
from tests.integration.gateway.said import QUOTE, answered, finished, opened, sentence
from tests.integration.gateway.test_decisions import recorded

KEY = {
    "id": "altan",
    "question": "Behöver jag bygglov för en altan?",
    "expect": "answered",
    "facts": ["markhöjd"],
    "sources": ["bygg/altan.html"],
}
SILENT = {"id": "mars", "question": "Vem är borgmästare på Mars?", "expect": "abstained"}


async def ended(client, run_id: str) -> dict[str, object]:
    async with asyncio.timeout(20):
        while True:
            run = (await client.get(f"/v1/evaluations/{run_id}")).json()
            if run["ended_at"]:
                return run
            await asyncio.sleep(0.05)


async def make(client, *questions: dict[str, object], name: str = "Våra frågor") -> str:
    made = await client.post("/v1/evaluations/sets", json={"name": name, "questions": list(questions)})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def test_a_run_asks_as_a_citizen_would_and_is_judged_by_its_keys(gateway):
    text = f"{QUOTE} [1]"
    gateway.script.events = [opened(), sentence(text), finished(text, generate.Outcome.ANSWERED)]
    async with gateway.client("admin") as client:
        chosen = await make(client, KEY, SILENT)
        begun = await client.post("/v1/evaluations", json={"set": chosen})
        run = await ended(client, begun.json()["id"])
        wrong = (await client.get(f"/v1/evaluations/{run['id']}/answers?wrong=true")).json()["answers"]
        listed = (await client.get("/v1/evaluations")).json()["evaluations"]

    assert begun.status_code == 202
    assert (run["state"], run["answered"], run["questions"], run["figures"]["right"]) == ("done", 2, 2, 0.5)
    assert [each["id"] for each in wrong] == ["mars"]
    assert wrong[0]["wrong"] == ["abstained != answered"]
    assert wrong[0]["decision_id"]
    assert listed == [run]
    asked = gateway.script.asked
    assert [each.evaluation and each.batch for each in asked] == [True, True]
    assert {each.principal.channel for each in asked} == {"citizen"}
    [started, last] = [each for each, _ in await recorded(gateway)]
    assert (started["type"], started["role"]) == ("se.audit.evaluation.started.v1", "admin")
    assert (last["type"], last["decision"]) == ("se.audit.evaluation.ended.v1", run["id"])
    assert (last["evaluation"]["right"], last["evaluation"]["answered"]) == (1, 2)


async def test_what_is_stopped_keeps_what_had_come_back_and_says_so(gateway):
    held = asyncio.Event()

    async def answer(_: generate.AnswerRequest) -> AsyncIterator[generate.AnswerResponse]:
        await held.wait()
        for each in answered():
            yield each

    gateway.script.answer = answer
    async with gateway.client("admin") as client:
        chosen = await make(client, *({**KEY, "id": str(number)} for number in range(5)))
        begun = (await client.post("/v1/evaluations", json={"set": chosen, "name": "Stoppas"})).json()
        second = await client.post("/v1/evaluations", json={"set": chosen})
        stopped = await client.post(f"/v1/evaluations/{begun['id']}/stop")
        held.set()
        run = await ended(client, begun["id"])
        again = await client.delete(f"/v1/evaluations/{begun['id']}")
        gone = await client.get(f"/v1/evaluations/{begun['id']}")

    assert (second.status_code, second.json()["code"]) == (409, "evaluation.running")
    assert stopped.json()["state"] == "stopping"
    assert run["state"] == "stopped"
    assert run["answered"] < 5
    assert (again.status_code, gone.status_code) == (204, 404)
