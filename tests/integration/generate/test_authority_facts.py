"""What the operator has written about an authority: its name and tone reach the model, its contact whoever needs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Verdict
from allmanning.contracts.generate.v1.generate_pb import AnswerRequest, AnswerResponse, Finished, Message
from allmanning.generate.authorities import Authorities
from allmanning.runtime import subjects
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Refused
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import CITIZEN, Platform, passage, platform

SAID = "En altan i markhöjd kräver inte bygglov. [1]"
FACTS = """
id: exempelby
name: Exempelby kommun
tone: Skriv alltid ni.
contact: {phone: 08-465 004 00, hours: måndag–fredag 8–17, email: kontakt@exempelby.example}
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "exempelby.yaml"
    path.write_text(FACTS, encoding="utf-8")
    return path


async def ask(served: Platform, *texts: str, easy_read: bool = False) -> Finished:
    messages = [Message(role="user" if n % 2 == 0 else "assistant", content=text) for n, text in enumerate(texts)]
    request = AnswerRequest(principal=CITIZEN, messages=messages, easy_read=easy_read)
    answers = [each async for each in served.bus.stream(subjects.GENERATE_ANSWER, request, AnswerResponse)]
    last = answers[-1].event
    assert last is not None
    assert isinstance(last.value, Finished)
    return last.value


async def test_the_model_reads_name_tone_and_a_masked_conversation_and_the_record_what_had_no_room(
    bus: Bus, facts: Path
) -> None:
    settings = {
        "model_api": "openai", "model_name": "m", "model_approved": True, "authorities": facts,
        "model_context_tokens": 2600, "model_max_tokens": 300,
    }  # fmt: skip
    async with (
        ScriptedModel(Script((SAID,))) as model,
        platform(bus, model_url=f"{model.url}/v1", **settings) as served,
    ):
        served.passages = [passage(SAID[:-4]), *(passage("Om altaner. " * 150, number=n) for n in range(2, 6))]
        done = await ask(
            served, "Mitt nummer är 811228-9874, får jag bygga?", "Ja.", "Kräver en altan i markhöjd bygglov?",
            easy_read=True,
        )  # fmt: skip

        assert done.text.startswith("En altan i markhöjd kräver inte bygglov.")
        system, user = (each["content"] for each in model.requests[0]["messages"])
        assert "Exempelby kommun" in system
        assert "Skriv alltid ni." in system
        assert "lättläst" in system
        assert "Fråga: Mitt nummer är [personnummer], får jag bygga?" in user
        assert "811228" not in json.dumps(model.requests)
        packing = [
            each["figures"]["packing"] for each in await served.records() if "packing" in each.get("figures", {})
        ]
        assert packing[0]["left_out"]
        assert (packing[0]["turns"], packing[0]["turns_left_out"]) == (2, 0)
        pinned = json.loads((await served.pinned())["authority"])
        assert pinned["tone"] == "Skriv alltid ni."
        assert "share" not in pinned
        assert done.pins["authority"]


async def test_whoever_is_told_to_turn_to_a_person_is_told_how(bus: Bus, facts: Path) -> None:
    async with platform(bus, authorities=facts) as served:
        unknown = await ask(served, "Vem vann fotbolls-VM 2026?")
        served.request_rule = GateResponse(
            verdict=Verdict.HAND_OVER, rule_id="F1", notice="hand_over", rules="sha256:0"
        )
        person = await ask(served, "Can you decide about my permit?")
        served.request_rule.notice = "emergency"
        danger = await ask(served, "Jag vill ta mitt liv")

    # Between the hours and the address it may say that it is closed now.
    assert "Ring 08-465 004 00. Öppet måndag–fredag 8–17. " in unknown.text
    assert unknown.text.endswith(" Mejla kontakt@exempelby.example.")
    assert "Call 08-465 004 00. Open Monday–Friday 8:00–17:00. " in person.text
    assert person.text.endswith(" Write to kontakt@exempelby.example.")
    assert "08-465" not in danger.text


async def test_without_a_model_an_answer_is_as_easy_to_read_as_the_documents_and_that_is_said(bus: Bus) -> None:
    async with platform(bus) as served:
        served.passages = [passage(SAID[:-4], headings=["När behövs bygglov"])]
        done = await ask(served, "Behöver jag bygglov för en altan i markhöjd?", easy_read=True)

    assert done.not_followed == ["easy_read"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id: a\ntelefon: 1\n", "telefon"),
        ("name: B\n", "id saknas"),
        ("id: [", "ParserError"),
        ("share: {weight: 0}", "weight"),
    ],
)
def test_a_file_that_says_what_no_authority_has_stops_the_start(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(Refused, match=why):
        Authorities.read(tmp_path)


def test_the_demo_authority_is_such_a_file() -> None:
    demo = Path(__file__).resolve().parents[3] / "infra" / "demo" / "authority.yaml"
    assert Authorities.read(demo).of("exempelby").contact.phone
