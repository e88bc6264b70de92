"""Samples, controls and disclosures in a running log: each step by the right person, and recorded."""

from __future__ import annotations

import json

import pytest

from allmanning.audit.inspection.draw import Member, drawn, frame_of, seed_of
from allmanning.audit.inspection.released import faults
from allmanning.contracts.audit.v1 import inspection_pb as proto
from allmanning.runtime.errors import Conflict, InvalidInput, NotFound
from allmanning.runtime.record import digest
from tests.integration.audit.inspecting import ADMIN, CASEWORKER, answered, asked, report, selection, until_recorded


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
