"""What auditors ask of a running log: who may, what is recorded of it, and what it answers."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from protobuf import Oneof

from allmanning.audit.inspection.draw import Member, drawn, frame_of, seed_of
from allmanning.audit.inspection.released import faults
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.runtime import subjects
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from allmanning.runtime.identity import uuid7
from allmanning.runtime.record import digest
from tests.integration.audit.asker import AUTHORITY, Asker
from tests.unit.audit.inspection.chains import CITED, PASSAGES, RETRIEVED

AUDITOR, ADMIN, CASEWORKER, CITIZEN = Role.AUDITOR, Role.ADMIN, Role.CASEWORKER, Role.CITIZEN
REASON = "Granskning enligt revisionsplan 2026"


async def asked(asker: Asker, name: str, message: Any, role: Role = AUDITOR, key: str = "k1", **more: str):
    principal = Principal(authority=AUTHORITY, role=role, key_id=key, unit="REV")
    request = proto.InspectRequest(principal=principal, ask=Oneof(name, message), **({"reason": REASON} | more))
    return await asker.bus.call(subjects.AUDIT_INSPECT, request, proto.InspectResponse, timeout_s=20)


async def report(asker: Asker, name: str, message: Any, role: Role = AUDITOR, key: str = "k1", **more: str) -> Any:
    return json.loads((await asked(asker, name, message, role, key, **more)).report)


async def answered(asker: Asker, question: str = "Behöver jag bygglov för en altan?", **fields: str) -> str:
    """A decision that is in the log with its content."""
    decision = uuid7()
    rule = await asker.gate()
    gate: Any = {"verdict": "auto", "rule_id": rule.rule_id, "rules": rule.rules, "engine": rule.engine}
    gate["legal_basis"] = rule.legal_basis
    from tests.integration.audit.asker import LOGGED

    await asker.record("question.received", decision, {"question": question}, channel="citizen", **fields)
    await asker.record("gate.evaluated", decision, {"input": LOGGED, "reason": rule.reason}, gate=gate, stage="request")
    await asker.record("retrieval.done", decision, {"retrieved": RETRIEVED}, passages=PASSAGES, held_back=1)
    await asker.record("draft.generated", decision, {"draft": "Nej."}, model="extract-1")
    await asker.record("sentence.released", decision, {"text": "Nej."}, citations=CITED)
    await asker.record("answer.released", decision, {"told": "Nej, ring 070-123 45 67."}, outcome="answered")
    await asker.seen(decision, records=6)
    return decision


def selection(**criteria: str) -> proto.Selection:
    return proto.Selection(criteria=[proto.Criterion(kind=kind, value=value) for kind, value in criteria.items()])


async def kinds_of(asker: Asker, decision: str) -> list[str]:
    found = await asker.get(decision)
    return [json.loads(each.leaf)["type"].removeprefix("se.audit.").removesuffix(".v1") for each in found.records]


async def until_recorded(asker: Asker, decision: str, kind: str, count: int = 1) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while True:
            found = await asker.get(decision, with_content=True)
            records = [
                {"leaf": json.loads(each.leaf)} | {part.name: json.loads(part.content) for part in each.parts}
                for each in found.records
                if f"se.audit.{kind}.v1" in each.leaf.decode()
            ]
            if len(records) >= count and all(len(each) - 1 == len(each["leaf"]["parts"]) for each in records):
                return records
            await asyncio.sleep(0.02)


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


async def test_the_lint_counts_what_is_missing_by_unit(asker):
    whole = await answered(asker, unit="BN", appeal_route="ej_ärende")
    broken = uuid7()
    await asker.record("question.received", broken, unit="SN", appeal_route="förvaltningsbesvär")
    await asker.record("decision.made", broken, {"content": "Bistånd ges."}, mode="automated", outcome="answered")
    await asker.seen(broken, records=2)
    found = await report(asker, "lint", proto.LintDecisions(), reason="")
    assert (found["looked_at"], found["whole"]) == (2, 1)
    [listed] = found["decisions"]
    assert (listed["decision"], listed["severity"]) == (broken, "red")
    codes = {each["code"] for each in listed["breaches"]}
    assert {"fl31.decided_by", "fl32.provisions", "fl25.communicated", "kl6.37.delegation"} <= codes
    assert {(each["unit"], each["count"]) for each in found["counts"]} == {("SN", 1)}
    assert whole not in json.dumps(found["decisions"])


async def test_another_table_shows_which_decisions_it_would_change(asker):
    decision = await answered(asker)
    table = """
tabell: Prov
utgåva: 1
regler:
  - {regel: A, text: Allt lämnas över., villkor: {roll: medborgare}, utfall: lämna över,
     lagrum: {sfs: "2017:900", kap: "", paragraf: "6"}, besked: hand_over}
  - {regel: B, text: Resten granskas., villkor: {}, utfall: granska,
     lagrum: {sfs: "2017:900", kap: "", paragraf: "5"}, besked: review}
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


async def test_like_cases_that_ended_differently_are_shown_in_pairs_and_recorded(asker):
    answered_one = await answered(asker, "Behöver jag bygglov för en altan?", unit="BN")
    other = uuid7()
    await asker.record("question.received", other, {"question": "behöver jag bygglov för altan"}, unit="SN")
    await asker.record("answer.abstained", other, outcome="abstained")
    await asker.seen(other, records=2)
    found = await report(asker, "compare", proto.CompareCases())
    [pair] = found["pairs"]
    assert {pair["first"]["decision"], pair["second"]["decision"]} == {answered_one, other}
    assert {"outcome", "unit"} <= set(pair["differs"])
    await until_recorded(asker, other, "access.read")
    await until_recorded(asker, answered_one, "access.read")
    with pytest.raises(InvalidInput, match=r"audit\.reason_missing"):
        await asked(asker, "compare", proto.CompareCases(), reason="")


async def test_a_sample_is_framed_drawn_once_and_judged_by_two(asker):
    decisions = [await answered(asker, unit="BN" if number % 2 else "SN") for number in range(4)]
    framed = await report(
        asker, "frame_sample", proto.FrameSample(selection=selection(document="altan"), stratify_by="unit")
    )
    sample = framed["sample"]
    assert framed["drawn"] is None
    members = [Member(name, "BN" if number % 2 else "SN") for number, name in enumerate(decisions)]
    assert framed["framed"]["frame"] == digest(frame_of(members))

    await answered(asker)
    taken = await report(asker, "draw_sample", proto.DrawSample(sample_id=sample, size=2))
    names = [each["decision"] for each in taken["decisions"]]
    assert names == drawn(members, seed_of(taken["checkpoint"]), 2)
    assert taken["repeats"] is True
    with pytest.raises(Conflict, match=r"sample\.drawn"):
        await asked(asker, "draw_sample", proto.DrawSample(sample_id=sample, size=2))

    def verdict(decision: str, said: str) -> proto.JudgeSample:
        return proto.JudgeSample(sample_id=sample, decision_id=decision, verdict=said)

    await asked(asker, "judge_sample", verdict(names[0], "wrong"))
    with pytest.raises(Conflict, match=r"sample\.same_person"):
        await asked(asker, "judge_sample", verdict(names[0], "wrong"))
    await asked(asker, "judge_sample", verdict(names[0], "wrong"), key="k2")
    with pytest.raises(Conflict, match=r"sample\.judged"):
        await asked(asker, "judge_sample", verdict(names[0], "wrong"), key="k3")
    await asked(asker, "judge_sample", verdict(names[1], "right"))
    shown = await report(asker, "judge_sample", verdict(names[1], "wrong"), key="k2")
    result = shown["result"]
    assert (result["settled"], result["errors"], result["disagreed"]) == (1, 1, 1)
    assert (result["low"], result["high"]) == (0.025, 1)
    outside = next(each for each in decisions if each not in names)
    with pytest.raises(NotFound, match=r"sample\.not_drawn"):
        await asked(asker, "judge_sample", verdict(outside, "right"))


async def test_readings_are_controlled_by_somebody_else_and_on_schedule(asker):
    decision = await answered(asker, unit="BN")
    await asked(asker, "see", proto.SeeDecision(decision_id=decision), key="reader", reason="koll")
    await until_recorded(asker, decision, "access.read")
    planned = await report(asker, "plan_controls", proto.PlanControls(every_days=30))
    assert (planned["every_days"], planned["overdue"]) == (30, False)
    period = {"from_": "2026-01-01", "to": "2999-01-01"}
    control = await report(asker, "draw_control", proto.DrawControl(**period, size=0))
    [item] = control["items"]
    assert (item["decision"], item["random"]) == (decision, False)
    assert {"no_relation", "thin_reason"} <= set(item["patterns"])

    shown = await report(asker, "show_control", proto.ShowControl(control_id=control["control"]))
    assert shown["items"][0]["reader"] == {"key": "reader", "role": "auditor", "unit": "REV", "reason": "koll"}
    await until_recorded(asker, control["control"], "access.read")

    judged = proto.JudgeControl(control_id=control["control"], record_id=item["record"], verdict="unjustified")
    with pytest.raises(Conflict, match=r"control\.own_reading"):
        await asked(asker, "judge_control", judged, key="reader")
    done = await report(asker, "judge_control", judged)
    assert (done["finished"], done["verdicts"]["unjustified"]) == (True, 1)
    standing = await report(asker, "show_control", proto.ShowControl(), reason="")
    assert [each["finished"] for each in standing["controls"]] == [True]


async def test_a_disclosure_takes_two_persons_and_proves_what_is_not_masked(asker):
    decision = await answered(asker)
    proposed = await report(asker, "propose_disclosure", proto.ProposeDisclosure(decision_id=decision), CASEWORKER)
    masks = [mask for each in proposed["texts"] for mask in each["masks"]]
    assert any(mask["kind"] == "phone" for mask in masks)
    prepared = await report(
        asker,
        "prepare_disclosure",
        proto.PrepareDisclosure(decision_id=decision, masks=[proto.DisclosureMask(**mask) for mask in masks]),
        CASEWORKER,
    )
    disclosure = prepared["disclosure"]
    with pytest.raises(Conflict, match=r"disclosure\.not_approved"):
        await asked(asker, "release_disclosure", proto.ReleaseDisclosure(disclosure_id=disclosure), CASEWORKER)
    approval = proto.SettleDisclosure(disclosure_id=disclosure, approve=True)
    with pytest.raises(Conflict, match=r"disclosure\.same_person"):
        await asked(asker, "settle_disclosure", approval, CASEWORKER)
    await asked(asker, "settle_disclosure", approval, ADMIN, "k2")

    released = await asked(asker, "release_disclosure", proto.ReleaseDisclosure(disclosure_id=disclosure), CASEWORKER)
    proof = json.loads(released.report)
    assert faults(proof) == []
    assert "070-123 45 67" not in released.report.decode() + released.file.decode()
    assert "[maskat: OSL 21 kap. 7 §]" in released.file.decode()
    assert "kammarrätten" in released.file.decode()
    assert "Så här löd texten om altan." in released.file.decode()

    forged = json.loads(released.report)
    opened = next(each for each in forged["opened"] if each["part"] == "question")
    opened["content"] = '"Något annat"'
    assert faults(forged) == [f"delen question i posten {opened['record']} är inte den som finns i loggen"]
    moved = json.loads(released.report)
    moved["masked"][0]["part"] = "saknas"
    assert len(faults(moved)) == 1
    [record] = await until_recorded(asker, decision, "disclosure.released")
    assert record["leaf"]["disclosure"]["page"] == digest(released.file)


async def test_a_rejected_disclosure_is_never_handed_out(asker):
    decision = await answered(asker)
    made = await report(asker, "prepare_disclosure", proto.PrepareDisclosure(decision_id=decision), CASEWORKER)
    refused = proto.SettleDisclosure(disclosure_id=made["disclosure"], approve=False)
    await asked(asker, "settle_disclosure", refused, CASEWORKER, "k2")
    again = proto.SettleDisclosure(disclosure_id=made["disclosure"], approve=True)
    with pytest.raises(Conflict, match=r"disclosure\.settled"):
        await asked(asker, "settle_disclosure", again, CASEWORKER, "k3")
    with pytest.raises(Conflict, match=r"disclosure\.not_approved"):
        await asked(asker, "release_disclosure", proto.ReleaseDisclosure(disclosure_id=made["disclosure"]), CASEWORKER)
    mask = proto.DisclosureMask(record="x", part="question", start=0, end=1, provision="OSL 26 kap. 1 §")
    with pytest.raises(InvalidInput, match=r"disclosure\.mask"):
        await asked(
            asker, "prepare_disclosure", proto.PrepareDisclosure(decision_id=decision, masks=[mask]), CASEWORKER
        )


async def test_tasks_are_listed_newest_first(asker):
    await answered(asker)
    recall = await report(asker, "open_recall", proto.OpenRecall(kind="model", value="extract-1"))
    framed = await report(asker, "frame_sample", proto.FrameSample())
    listed = await report(asker, "tasks", proto.ListTasks(), reason="")
    assert [(each["task"], each["kind"]) for each in listed["tasks"]] == [
        (framed["sample"], "sample"),
        (recall["recall"], "recall"),
    ]


async def test_an_empty_request_is_refused(asker):
    with pytest.raises(InvalidInput, match=r"inspect\.empty"):
        await asker.bus.call(subjects.AUDIT_INSPECT, proto.InspectRequest(), proto.InspectResponse)
