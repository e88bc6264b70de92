"""Why no ordinary answer was given, and what the asker is told instead."""

from __future__ import annotations

import pytest

from allmanning.contracts.audit.v1.audit_pb import GateResponse, Verdict
from allmanning.contracts.generate.v1.generate_pb import Outcome, Reason
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import Unavailable
from tests.contract.generate.scripted_model import Script, ScriptedModel
from tests.integration.generate.scripted_platform import Platform, passage, platform
from tests.integration.generate.test_answer import QUESTION, finished, kinds


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("Jag orkar inte leva längre.", "90101"),
        ("Min man slår mig och jag vågar inte gå hem.", "020-50 50 50"),
        ("Min son har tagit massor av tabletter", "010-456 67 00"),
        ("Jag har ingenstans att sova i natt", "socialjouren"),
        ("Det brinner i grannens lägenhet!", "112"),
        ("My husband hits me", "020-50 50 50"),
    ],
)
async def test_whoever_is_in_danger_gets_the_right_number_before_anything_is_searched(
    served: Platform, message: str, number: str
) -> None:
    served.request_rule = GateResponse(verdict=Verdict.HAND_OVER, rule_id="F1", notice="emergency")

    done = finished(await served.ask(message))

    assert (done.outcome, done.reason) == (Outcome.HANDED_OVER, Reason.CRISIS)
    assert number in done.text
    assert "112" in done.text
    assert served.searched == []
    assert (await served.records())[-1]["reason"] == "crisis"


async def test_whoever_is_in_danger_gets_the_number_even_when_the_rules_cannot_be_read(served: Platform) -> None:
    served.gate_silent = True

    with pytest.raises(Unavailable) as failed:
        await served.ask("Jag orkar inte leva längre.")

    assert failed.value.code == "audit.unavailable"
    assert "90101" in failed.value.message


async def test_what_another_authority_answers_for_is_referred_to_it(served: Platform) -> None:
    done = finished(await served.ask("Hur ansöker jag om föräldrapenning?"))

    assert (done.outcome, done.reason) == (Outcome.ABSTAINED, Reason.WRONG_AUTHORITY)
    assert done.referral is not None
    assert (done.referral.name, done.referral.phone) == ("Försäkringskassan", "0771-524 524")
    assert "Försäkringskassan" in done.text
    records = await served.records()
    assert (records[-1]["reason"], records[-1]["referred_to"]) == ("wrong_authority", "Försäkringskassan")
    assert "retrieval.done" in kinds(records)


async def test_the_authoritys_own_documents_win_over_a_referral(served: Platform) -> None:
    text = "Du som får föräldrapenning kan behålla förskoleplatsen 15 timmar i veckan."
    served.passages = [passage(text, title="Förskola", headings=["Föräldraledig"])]

    done = finished(await served.ask("Hur många timmar i förskola får barnet med föräldrapenning?"))

    assert done.outcome == Outcome.ANSWERED
    assert "15 timmar" in done.text


async def test_another_municipality_is_named(served: Platform) -> None:
    done = finished(await served.ask("Vad kostar bygglov i Uppsala?"))

    assert done.reason == Reason.WRONG_AUTHORITY
    assert "kommunen i Uppsala" in done.text


async def test_sources_that_contradict_each_other_are_both_shown(served: Platform) -> None:
    one = "Handläggningstiden för en anmälan om altan är högst 4 veckor från komplett ansökan."
    other = "Handläggningstiden för en anmälan om altan är högst 10 veckor från komplett ansökan."
    served.passages = [passage(one), passage(other, number=2)]

    answers = await served.ask("Hur lång är handläggningstiden för en anmälan om altan?")

    done = finished(answers)
    assert (done.outcome, done.reason) == (Outcome.ABSTAINED, Reason.CONFLICTING_SOURCES)
    assert "4 veckor" in done.text
    assert "10 veckor" in done.text
    assert "säger olika saker" in done.text
    assert {each.passage.id for each in done.citations if each.passage} == {"p1", "p2"}
    records = await served.records()
    assert kinds(records).count("sentence.released") == 2
    assert records[-1]["reason"] == "conflicting_sources"


async def test_the_same_figure_twice_is_no_conflict(served: Platform) -> None:
    text = "Handläggningstiden för en anmälan om altan är högst 4 veckor från komplett ansökan."
    served.passages = [passage(text), passage(text, number=2)]

    done = finished(await served.ask("Hur lång är handläggningstiden för en anmälan om altan?"))

    assert (done.outcome, done.reason) == (Outcome.ANSWERED, Reason.UNSPECIFIED)


async def test_a_models_contested_figure_is_not_chosen_by_the_model(bus: Bus) -> None:
    one = "Handläggningstiden för en anmälan om altan är högst 4 veckor från komplett ansökan."
    other = "Handläggningstiden för en anmälan om altan är högst 10 veckor från komplett ansökan."
    async with ScriptedModel(Script((f"{one} [1]",))) as model:
        settings = {"model_api": "openai", "model_url": f"{model.url}/v1", "model_name": "m", "model_approved": True}
        async with platform(bus, **settings) as served:
            served.passages = [passage(one), passage(other, number=2)]
            done = finished(await served.ask("Hur lång är handläggningstiden för en anmälan om altan?"))

    assert done.reason == Reason.CONFLICTING_SOURCES
    assert "10 veckor" in done.text


async def test_a_question_far_from_everything_is_out_of_scope(served: Platform) -> None:
    for each in served.passages:
        each.dense = 0.71

    done = finished(await served.ask("Vem vann fotbolls-VM 2026?"))

    assert (done.outcome, done.reason) == (Outcome.ABSTAINED, Reason.OUT_OF_SCOPE)


async def test_without_a_sure_answer_the_nearest_pages_are_shown_and_are_on_record(served: Platform) -> None:
    served.passages = [
        passage(f"Altanen och dess räcke, del {n}.", title=f"Altan {n}", number=min(n, 4)) for n in (1, 1, 2, 3, 4)
    ]
    for each in served.passages:
        each.sparse = 12.0

    done = finished(await served.ask("Vem sotar skorstenen i Sjölunda?"))

    assert (done.outcome, done.reason) == (Outcome.ABSTAINED, Reason.NOT_IN_SOURCES)
    assert [each.id for each in done.nearby] == ["p1", "p2", "p3"]
    assert done.nearby_heading == "Det här kan stå på de här sidorna:"
    assert list(done.citations) == []
    assert "räcke, del" not in done.text
    records = await served.records()
    assert records[-1]["nearby"] == [{"passage": f"p{n}", "document": f"d{n}", "version": "v1"} for n in (1, 2, 3)]
    assert "sentence.released" not in kinds(records)


async def test_an_answer_reminds_whoever_wrote_personal_data(served: Platform) -> None:
    done = finished(await served.ask(f"Jag har personnummer 850312-1234. {QUESTION}"))

    assert (done.outcome, done.reason) == (Outcome.ANSWERED, Reason.PERSONAL_DATA)
    assert done.text.startswith("En altan i markhöjd kräver inte bygglov. [1]")
    assert "Skriv inte personnummer" in done.text


async def test_a_message_of_identifiers_alone_is_no_question(served: Platform) -> None:
    done = finished(await served.ask("850312-1234, kim@exempel.se"))

    assert (done.outcome, done.reason) == (Outcome.ABSTAINED, Reason.PERSONAL_DATA)
    assert "ingen fråga" in done.text
    assert served.searched == []
