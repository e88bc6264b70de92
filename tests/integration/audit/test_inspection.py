"""What auditors ask of a running log: who may, what is recorded of it, and what it answers."""

from __future__ import annotations

import asyncio
import contextlib
import json

import pytest

from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.errors import Forbidden, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import digest
from tests.integration.audit.inspecting import (
    ADMIN,
    CASEWORKER,
    CITIZEN,
    REASON,
    answered,
    asked,
    kinds_of,
    report,
    selection,
    until_recorded,
)
from tests.unit.audit.inspection.chains import PASSAGES, RETRIEVED


async def test_decisions_are_found_without_content_and_without_a_reason(asker):
    first = await answered(asker, unit="BN")
    await answered(asker, unit="SN")
    found = await report(
        asker, "find", proto.FindDecisions(selection=selection(document="altan", unit="BN")), reason=""
    )
    assert [(each["decision"], each["unit"], each["outcome"]) for each in found["decisions"]] == [
        (first, "BN", "answered")
    ]
    assert found["next"] == 0
    assert "access.read" not in await kinds_of(asker, first)


async def test_searching_in_texts_needs_a_reason_and_every_hit_tells_that_it_was_read(asker):
    hit = await answered(asker, "Min granne Vanja bygger en altan")
    miss = await answered(asker, "När öppnar badet?")
    wanted = proto.FindDecisions(text="granne VANJA")
    with pytest.raises(InvalidInput, match=r"audit\.reason_missing"):
        await asked(asker, "find", wanted, reason=" ")
    found = await report(asker, "find", wanted)
    assert [(each["decision"], each["excerpt"]) for each in found["decisions"]] == [
        (hit, "Min granne Vanja bygger en altan")
    ]
    [read] = await until_recorded(asker, hit, "access.read")
    assert read["reader"] == {"reason": REASON, "key": "k1", "unit": "REV"}
    assert (read["leaf"]["role"], read["leaf"]["unit"]) == ("auditor", "REV")
    assert REASON not in json.dumps(read["leaf"])
    assert "access.read" not in await kinds_of(asker, miss)


async def test_the_time_machine_shows_the_wording_then_and_is_recorded(asker):
    decision = await answered(asker)
    seen = await report(asker, "see", proto.SeeDecision(decision_id=decision))
    assert [each["text"] for each in seen["passages"]] == [each["text"] for each in RETRIEVED]
    assert seen["gates"][0]["row"]["regel"] == "F6"
    assert seen["since"] == []
    await until_recorded(asker, decision, "access.read")
    await asker.record("corrected", decision)
    await asker.seen(decision, records=8)
    again = await report(asker, "see", proto.SeeDecision(decision_id=decision))
    assert [each["kind"] for each in again["since"]] == ["corrected"]


@pytest.mark.parametrize("role", [CITIZEN, CASEWORKER])
async def test_others_than_auditors_are_refused(asker, role):
    decision = await answered(asker)
    for name, message in (
        ("find", proto.FindDecisions()), ("see", proto.SeeDecision(decision_id=decision)),
        ("lint", proto.LintDecisions()),
        ("compare", proto.CompareCases()), ("open_recall", proto.OpenRecall(kind="document", value="altan")),
        ("frame_sample", proto.FrameSample()), ("plan_controls", proto.PlanControls(every_days=7)),
        ("tasks", proto.ListTasks()), ("show_control", proto.ShowControl()),
    ):  # fmt: skip
        with pytest.raises(Forbidden, match=r"audit\.forbidden"):
            await asked(asker, name, message, role)
    assert "access.read" not in await kinds_of(asker, decision)


async def test_a_recall_ranks_by_effect_and_is_closed_decision_by_decision(asker):
    cited = await answered(asker)
    only_found = uuid7()
    await asker.record("question.received", only_found)
    await asker.record("retrieval.done", only_found, passages=PASSAGES)
    await asker.record("answer.abstained", only_found, outcome="abstained")
    await asker.seen(only_found)
    recall = await report(asker, "open_recall", proto.OpenRecall(kind="document", value="altan"))
    assert [(each["decision"], each["cited"], each["effect"]) for each in recall["decisions"]] == [
        (cited, True, 0),
        (only_found, False, 3),
    ]
    assert (recall["counts"]["open"], recall["closed"]) == (2, False)

    def settled(decision: str, state: str) -> proto.SettleRecall:
        return proto.SettleRecall(recall_id=recall["recall"], decision_id=decision, state=state)

    looked = await report(asker, "settle_recall", settled(cited, "looked_at"), CASEWORKER)
    assert (looked["counts"], looked["closed"]) == ({"open": 1, "looked_at": 1, "corrected": 0, "no_effect": 0}, False)
    await asked(asker, "settle_recall", settled(cited, "corrected"), CASEWORKER)
    done = await report(asker, "settle_recall", settled(only_found, "no_effect"), CASEWORKER)
    assert (done["counts"]["corrected"], done["counts"]["no_effect"], done["closed"]) == (1, 1, True)
    open_ones = proto.ShowRecall(recall_id=recall["recall"], states=["open"])
    assert (await report(asker, "show_recall", open_ones))["decisions"] == []
    assert (await kinds_of(asker, cited))[-1] == "recall.settled"

    later = await answered(asker)
    again = await report(asker, "show_recall", proto.ShowRecall(recall_id=recall["recall"]))
    assert (again["closed"], again["decisions"][0]["decision"]) == (False, later)
    with pytest.raises(NotFound, match=r"recall\.not_affected"):
        await asked(asker, "settle_recall", settled(uuid7(), "corrected"))
    with pytest.raises(NotFound, match=r"task\.not_found"):
        await asked(asker, "show_recall", proto.ShowRecall(recall_id=cited))
    with pytest.raises(InvalidInput, match=r"recall\.kind_unknown"):
        await asked(asker, "open_recall", proto.OpenRecall(kind="reviewer", value="x"))


async def test_the_person_concerned_is_told_why_and_who_has_read_without_any_texts(asker):
    decision = await answered(asker, "Min dotter Vanja behöver en altan")
    told = await report(asker, "explain", proto.ExplainDecision(decision_id=decision), CITIZEN, reason="")
    assert any("Regel F6" in each for each in told["sv"])
    assert "Vanja" not in json.dumps(told)
    await until_recorded(asker, decision, "explanation.given")
    await asked(asker, "see", proto.SeeDecision(decision_id=decision))
    await until_recorded(asker, decision, "access.read")
    read = await report(asker, "readers", proto.ListReaders(decision_id=decision), CITIZEN, reason="")
    [usage] = read["usages"]
    assert (usage["receiverRole"], usage["receiverUnit"], usage["action"]) == ("auditor", "REV", "Läste innehållet")
    assert "k1" not in json.dumps(read)
    assert REASON not in json.dumps(read)
    assert read["heartbeat"]["size"] >= 8


async def test_what_was_used_is_filed_with_a_hash_that_can_be_made_again(asker):
    decision = await answered(asker)
    first = await asked(asker, "file", proto.FileDecision(decision_id=decision, case_number="BN 2026-7"), CASEWORKER)
    assert json.loads(first.report)["sha256"] == digest(first.file)
    [record] = await until_recorded(asker, decision, "case_file.made")
    assert record["leaf"]["sha256"] == digest(first.file)
    assert "BN 2026-7" not in json.dumps(record["leaf"])
    again = await asked(asker, "file", proto.FileDecision(decision_id=decision, case_number="BN 2026-7"), CASEWORKER)
    assert again.file == first.file


async def test_a_number_that_was_only_read_under_is_no_decision_to_file(asker):
    await asker.record("access.read", "1", {"reader": {"reason": REASON}}, role="auditor")
    async with asyncio.timeout(10):
        # Until there is a record of that name.
        while True:
            with contextlib.suppress(NotFound):
                await asker.get("1")
                break
            await asyncio.sleep(0.01)
    with pytest.raises(NotFound, match=r"decision\.not_found"):
        await asked(asker, "file", proto.FileDecision(decision_id="1"), CASEWORKER)


async def test_the_lint_counts_what_is_missing_by_unit(asker):
    whole = await answered(asker, unit="BN", appeal_route="ej_ärende")
    broken = uuid7()
    await asker.record("question.received", broken, unit="SN", appeal_route="förvaltningsbesvär")
    await asker.record("decision.made", broken, {"content": "Bistånd ges."}, mode="official", outcome="answered")
    await asker.seen(broken, records=2)
    found = await report(asker, "lint", proto.LintDecisions(), reason="")
    assert (found["looked_at"], found["whole"]) == (2, 1)
    [listed] = found["decisions"]
    assert (listed["decision"], listed["severity"]) == (broken, "red")
    codes = {each["code"] for each in listed["breaches"]}
    assert {"fl31.decided_by", "fl32.provisions", "fl25.communicated"} <= codes
    assert {(each["unit"], each["count"]) for each in found["counts"]} == {("SN", 1)}
    assert whole not in json.dumps(found["decisions"])


async def test_another_table_shows_which_decisions_it_would_change(asker):
    decision = await answered(asker)
    table = """
nivå: nationell
tabell: Prov
utgåva: 1
regler:
  - {regel: A, text: Allt lämnas över., villkor: {roll: medborgare}, utfall: lämna över,
     lagrum: {sfs: "2017:900", kap: "", paragraf: "6", lydelse: 2018-07-01}, ägare: Jurist, gäller från: 2026-01-01,
     besked: hand_over, exempel: [{roll: medborgare}]}
  - {regel: B, text: Resten granskas., villkor: {}, utfall: granska, kompetens: handläggare,
     lagrum: {sfs: "2017:900", kap: "", paragraf: "5", lydelse: 2018-07-01}, ägare: Jurist, gäller från: 2026-01-01,
     besked: review, exempel: [{}]}
"""
    found = await report(asker, "replay", proto.ReplayRules(table=table))
    [changed] = found["decisions"]
    assert changed["decision"] == decision
    assert changed["changes"] == [
        {"stage": "request", "was": "auto", "rule": "F6", "would_be": "hand_over", "new_rule": "A"}
    ]
    assert found["moves"] == {"auto → hand_over": 1}
    with pytest.raises(InvalidInput, match=r"rules\.invalid"):
        await asked(asker, "replay", proto.ReplayRules(table="tabell: x"))


async def test_the_same_explanation_asked_for_again_and_again_fills_no_log(asker):
    decision = await answered(asker)
    wanted = proto.ExplainDecision(decision_id=decision)
    first = await report(asker, "explain", wanted, CITIZEN, reason="")
    await until_recorded(asker, decision, "explanation.given")
    for _ in range(3):
        assert await report(asker, "explain", wanted, CITIZEN, reason="") == first
    # Whoever asks in another role is somebody else.
    await report(asker, "explain", wanted, CASEWORKER, reason="")
    await until_recorded(asker, decision, "explanation.given", 2)
    assert (await kinds_of(asker, decision)).count("explanation.given") == 2


async def test_a_person_is_told_who_has_read_of_them_whatever_the_decision(asker):
    first = await answered(asker, "Min granne Vanja bygger en altan")
    second = await answered(asker, "Vanja undrar när badet öppnar")
    await answered(asker, "När öppnar badet?")
    await asked(asker, "see", proto.SeeDecision(decision_id=first))
    await asked(asker, "see", proto.SeeDecision(decision_id=second), role=ADMIN, key="k2")
    await until_recorded(asker, second, "access.read")
    wanted = proto.ListReadersOfPerson(text="vanja")
    found = await report(asker, "readers_of_person", wanted, reason="Vanja har frågat.")
    assert (found["decisions"], found["more"]) == (2, False)
    assert [(each["decision"], each["receiverRole"]) for each in found["usages"]] == [
        (second, "admin"), (first, "auditor")
    ]  # fmt: skip
    assert "k1" not in json.dumps(found)
    # What was searched for names the person too, and is no decision about them.
    assert (await report(asker, "readers_of_person", wanted))["decisions"] == 2
    with pytest.raises(Forbidden, match=r"audit\.forbidden"):
        await asked(asker, "readers_of_person", wanted, CITIZEN)
    for text, reason, code in (("van", "Skäl.", "search.empty"), ("vanja", " ", "audit.reason_missing")):
        with pytest.raises(InvalidInput, match=code):
            await asked(asker, "readers_of_person", proto.ListReadersOfPerson(text=text), reason=reason)


async def test_an_empty_request_is_refused(asker):
    with pytest.raises(InvalidInput, match=r"inspect\.empty"):
        await asker.bus.call(subjects.AUDIT_INSPECT, proto.InspectRequest(), proto.InspectResponse)
