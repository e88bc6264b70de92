from __future__ import annotations

import asyncio

import pytest

from allmanning.audit.gate.gate import Gate
from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.audit.v1.audit_pb import FindRequest, FindResponse, GateInput, Verdict
from allmanning.contracts.audit.v1.rules_pb import (
    AssessRulesRequest,
    AssessRulesResponse,
    CheckRulesRequest,
    CheckRulesResponse,
    EndDeploymentRequest,
    EndDeploymentResponse,
    HaltRequest,
    HaltResponse,
    ListDeploymentsRequest,
    ListDeploymentsResponse,
    ProposeRulesRequest,
    ProposeRulesResponse,
    ResumeRequest,
    ResumeResponse,
    RulesVersion,
    SettleRulesRequest,
    SettleRulesResponse,
    ShowRulesRequest,
    ShowRulesResponse,
)
from allmanning.runtime import subjects
from allmanning.runtime.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.deployment import admin, deployed
from tests.integration.audit.asker import AUTHORITY, QUESTION, Asker

ANN, BO = admin(AUTHORITY, "ann"), admin(AUTHORITY, "bo")
OWN = """nivå: egen
tabell: Egna regler
utgåva: 1
besked:
  lasare: {sv: En registrator läser först., en: A registrar reads first.}
regler:
  - regel: E1
    text: Medborgares frågor läses av en registrator.
    villkor: {skede: fråga, roll: medborgare, fara: nej, styrförsök: nej, vill ha människa: nej, eget ärende: nej}
    utfall: granska
    lagrum: {sfs: 2017:900, kap: "", paragraf: 5, lydelse: 2018-07-01}
    ägare: Stadsjuristen
    gäller från: 2026-01-01
    kompetens: registrator
    handläggningstid: 4
    andra granskare: ja
    besked: lasare
    exempel:
      - {skede: fråga, roll: medborgare, fara: nej, styrförsök: nej, vill ha människa: nej, eget ärende: nej}
"""
# F8 and F9 hand over what this row would review.
EXCEPT = "eget ärende: nej, vill inte ha AI: nej, skyddad identitet: nej}"
STRICT = OWN.replace("eget ärende: nej}", EXCEPT)


async def propose(
    asker: Asker, source: str = STRICT, who: Principal = ANN, effective: str = ""
) -> ProposeRulesResponse:
    request = ProposeRulesRequest(principal=who, source=source, effective=effective, reason="Vi vill se dem först.")
    return await asker.bus.call(subjects.AUDIT_PROPOSE_RULES, request, ProposeRulesResponse, timeout_s=20)


async def assess(asker: Asker, id: str) -> RulesVersion:
    request = AssessRulesRequest(principal=ANN, id=id)
    answer = await asker.bus.call(subjects.AUDIT_ASSESS_RULES, request, AssessRulesResponse, timeout_s=20)
    assert answer.version is not None
    return answer.version


async def settle(asker: Asker, id: str, who: Principal = BO, *, approve: bool = True) -> RulesVersion:
    request = SettleRulesRequest(principal=who, id=id, approve=approve, reason="Granskat.")
    answer = await asker.bus.call(subjects.AUDIT_SETTLE_RULES, request, SettleRulesResponse, timeout_s=20)
    assert answer.version is not None
    return answer.version


async def proposed(asker: Asker, source: str = STRICT) -> str:
    answer = await propose(asker, source)
    assert not answer.problems, [each.text for each in answer.problems]
    assert answer.version is not None
    return answer.version.id


KNOWN = GateInput.from_binary(QUESTION.to_binary())
KNOWN.no_ai = KNOWN.protected_identity = False


async def test_nothing_is_answered_by_itself_before_two_people_have_taken_it_into_use(asker):
    held = await asker.gate()
    assert (held.verdict, held.rule_id) == (Verdict.REVIEW, "SPÄRR-IBRUKTAGANDE")
    made = await deployed(asker.bus, AUTHORITY, delegation="KS 4.2", ai_act="annexIII.5a")
    assert (made.state, made.in_force, made.official) == ("approved", True, "Kommundirektör Kim Larsson")
    answer = await asker.gate()
    assert (answer.verdict, answer.rule_id) == (Verdict.AUTO, "F6")
    assert answer.circumstances.delegation == "KS 4.2"
    assert answer.circumstances.deployment
    assert (made.ai_act, answer.circumstances.ai_act) == ("annexIII.5a", "annexIII.5a")
    with pytest.raises(InvalidInput, match="bilaga III"):
        await deployed(asker.bus, AUTHORITY, ai_act="kanske")
    assert answer.rules == made.rules
    other = GateInput.from_binary(QUESTION.to_binary())
    other.use_case = "bygglov"
    assert (await asker.gate(other)).rule_id == "SPÄRR-IBRUKTAGANDE"
    # Deciding on the service is no decision in somebody's matter.
    found = await asker.bus.call(subjects.AUDIT_FIND, FindRequest(authority=AUTHORITY), FindResponse)
    assert found.total == 0


async def test_a_deployment_out_of_its_time_lets_nothing_through(asker):
    await deployed(asker.bus, AUTHORITY, valid_from="2020-01-01", valid_to="2020-12-31")
    await deployed(asker.bus, AUTHORITY, valid_from="2999-01-01")
    assert (await asker.gate()).rule_id == "SPÄRR-IBRUKTAGANDE"


@pytest.mark.parametrize(
    "wrong",
    [
        {"dnr": ""},
        {"official": " "},
        {"quality": ""},
        {"use_cases": []},
        {"channels": ["radio"]},
        {"valid_from": "i går"},
        {"valid_from": "2026-12-02", "valid_to": "2026-12-01"},
    ],
)
async def test_a_deployment_says_what_it_must(asker, wrong):
    with pytest.raises(InvalidInput, match=r"deployment\.invalid"):
        await deployed(asker.bus, AUTHORITY, **wrong)


async def test_a_withdrawn_deployment_and_a_stop_count_at_once(asker):
    made = await deployed(asker.bus, AUTHORITY)
    halt = HaltRequest(principal=ANN, reason="Fel svar om strandskydd.")
    stopped = (await asker.bus.call(subjects.AUDIT_HALT, halt, HaltResponse)).stop
    held = await asker.gate()
    assert (held.rule_id, held.circumstances.halt) == ("SPÄRR-STOPP", stopped.id)
    resume = ResumeRequest(principal=ANN, id=stopped.id, reason="Rättat.")
    assert (await asker.bus.call(subjects.AUDIT_RESUME, resume, ResumeResponse)).stop.resumed_at
    assert (await asker.gate()).verdict == Verdict.AUTO
    with pytest.raises(Conflict, match=r"halt\.lifted"):
        await asker.bus.call(subjects.AUDIT_RESUME, resume, ResumeResponse)
    elsewhere = HaltRequest(principal=ANN, use_cases=["bygglov"], reason="Bara bygglov.")
    await asker.bus.call(subjects.AUDIT_HALT, elsewhere, HaltResponse)
    assert (await asker.gate()).verdict == Verdict.AUTO

    end = EndDeploymentRequest(principal=BO, id=made.id, reason="Ny upphandling.")
    await asker.bus.call(subjects.AUDIT_END_DEPLOYMENT, end, EndDeploymentResponse)
    assert (await asker.gate()).rule_id == "SPÄRR-IBRUKTAGANDE"
    listed = await asker.bus.call(
        subjects.AUDIT_LIST_DEPLOYMENTS, ListDeploymentsRequest(authority=AUTHORITY), ListDeploymentsResponse
    )
    assert [each.state for each in listed.deployments] == ["ended"]
    assert [(list(each.use_cases), bool(each.resumed_at)) for each in listed.stops] == [
        (["bygglov"], False),
        ([], True),
    ]


async def test_what_holds_back_counts_before_it_is_in_the_log(asker):
    made = await deployed(asker.bus, AUTHORITY)
    await asker.record("halted", "stop-1", halt={"use_cases": [], "channels": []})
    async with asyncio.timeout(2):
        while (await asker.gate()).rule_id != "SPÄRR-STOPP":
            await asyncio.sleep(0.005)
    await asker.record("resumed", "stop-1")
    await asker.record("deployment.ended", made.id, deployment={})
    async with asyncio.timeout(2):
        while (await asker.gate()).rule_id != "SPÄRR-IBRUKTAGANDE":
            await asyncio.sleep(0.005)


async def test_own_rules_apply_when_another_person_has_approved_them_and_seen_what_they_would_change(asker):
    await deployed(asker.bus, AUTHORITY)
    decision = await asker.decide()
    await asker.seen(decision)
    matter = await proposed(asker)
    with pytest.raises(Conflict, match=r"rules\.not_assessed"):
        await settle(asker, matter)
    seen = await assess(asker, matter)
    assert seen.impact is not None
    assert (seen.impact.decisions, list(seen.impact.moved)) == (1, [])
    with pytest.raises(Conflict, match=r"rules\.same_person"):
        await settle(asker, matter, ANN)
    assert (await asker.gate(KNOWN)).rule_id == "F6"
    published = await settle(asker, matter)
    assert (published.state, published.in_force) == ("published", True)

    answer = await asker.gate(KNOWN)
    assert (answer.verdict, answer.rule_id, answer.competence) == (Verdict.REVIEW, "E1", "registrator")
    assert (answer.deadline_hours, answer.second_reviewer) == (4, True)
    assert (answer.notice_sv, answer.notice_en) == ("En registrator läser först.", "A registrar reads first.")
    assert answer.rules != Gate.from_file(None).baseline.hash
    shown = await asker.bus.call(subjects.AUDIT_SHOW_RULES, ShowRulesRequest(authority=AUTHORITY), ShowRulesResponse)
    assert (shown.own, shown.rules) == (STRICT, answer.rules)
    with pytest.raises(Conflict, match=r"rules\.settled"):
        await settle(asker, matter)
    listed = await asker.bus.call(
        subjects.AUDIT_LIST_DEPLOYMENTS, ListDeploymentsRequest(authority=AUTHORITY), ListDeploymentsResponse
    )
    assert listed.deployments[0].rules_changed

    back = await proposed(asker, "nivå: egen\ntabell: Inga egna regler\nutgåva: 2\nregler: []\n")
    await assess(asker, back)
    await settle(asker, back)
    assert (await asker.gate(KNOWN)).rule_id == "F6"


async def test_a_table_with_faults_is_no_proposal(asker):
    answer = await propose(asker, OWN)
    assert answer.version is None
    assert {each.text.split(":")[0] for each in answer.problems} == {
        "är inte strängare än den nationella regeln F8",
        "är inte strängare än den nationella regeln F9",
    }
    assert answer.problems[0].line == 7
    checked = await asker.bus.call(subjects.AUDIT_CHECK_RULES, CheckRulesRequest(source="a: ["), CheckRulesResponse)
    assert checked.problems[0].line
    assert not (
        await asker.bus.call(subjects.AUDIT_CHECK_RULES, CheckRulesRequest(source=STRICT), CheckRulesResponse)
    ).problems


async def test_a_rejected_proposal_never_applies(asker):
    await deployed(asker.bus, AUTHORITY)
    matter = await proposed(asker)
    assert (await settle(asker, matter, ANN, approve=False)).state == "rejected"
    with pytest.raises(Conflict, match=r"rules\.settled"):
        await settle(asker, matter)
    assert (await asker.gate(KNOWN)).rule_id == "F6"


async def test_rules_begin_on_their_day_and_not_in_the_past(asker):
    await deployed(asker.bus, AUTHORITY)
    with pytest.raises(InvalidInput, match=r"rules\.effective"):
        await propose(asker, effective="2020-01-01")
    answer = await propose(asker, effective="2999-01-01")
    assert answer.version is not None
    await assess(asker, answer.version.id)
    published = await settle(asker, answer.version.id)
    assert (published.effective, published.in_force) == ("2999-01-01", False)
    assert (await asker.gate(KNOWN)).rule_id == "F6"


async def test_who_may_not_steer_is_refused(asker):
    auditor = Principal(authority=AUTHORITY, role=Role.AUDITOR, channel="api", key_id="rev")
    nobody = Principal(authority=AUTHORITY, role=Role.ADMIN, channel="api")
    for who in (auditor, nobody):
        with pytest.raises(Forbidden, match=r"rules\.forbidden"):
            await propose(asker, who=who)
    with pytest.raises(NotFound, match=r"rules\.unknown"):
        await settle(asker, "finns-inte")
    with pytest.raises(NotFound, match=r"rules\.unknown"):
        await settle(asker, await proposed(asker), admin("annanby", "x"))


async def test_a_publication_without_its_proposal_changes_nothing(asker):
    await deployed(asker.bus, AUTHORITY)
    pin = await asker.recorder.pin(AUTHORITY, "rules.source", STRICT.encode())
    await asker.record("rules.published", "m", rules={"source": pin, "effective": "2026-01-01"})
    await asker.record("deployment.approved", "n", deployment={"use_cases": ["bygglov"], "valid_from": "2026-01-01"})
    matter = await proposed(asker)
    assert (await asker.gate(KNOWN)).rule_id == "F6"
    # What was published is still in the log with its own number.
    with pytest.raises(NotFound):
        await settle(asker, "m")
    assert matter
