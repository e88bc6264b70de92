"""Where the service may answer by itself, and by which rules, as an authority decides it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from allmanning.node.folder import DataFolder
from tests.e2e.test_questions import ask
from tests.platform_node import Platform

AUTHORITY = "reglerby"
QUESTION = "Behöver jag bygglov för en altan?"
OWN = """nivå: egen
tabell: Reglerbys regler
utgåva: 1
besked:
  registrator: {sv: En registrator svarar dig., en: A registrar answers you.}
regler:
  - regel: E1
    text: Allmänna frågor lämnas till registratorn.
    villkor: {skede: fråga, roll: medborgare, fara: nej, styrförsök: nej, vill ha människa: nej, eget ärende: nej}
    utfall: lämna över
    lagrum: {sfs: 2017:900, kap: "", paragraf: 6, lydelse: 2018-07-01}
    ägare: Stadsjuristen
    gäller från: 2026-01-01
    besked: registrator
    exempel:
      - {skede: fråga, roll: medborgare, fara: nej, styrförsök: nej, vill ha människa: nej, eget ärende: nej}
"""
SOON = """nivå: egen
tabell: Barns frågor
utgåva: 2
regler:
  - regel: E2
    text: Barns frågor läses samma dag, av två.
    villkor: {skede: fråga, roll: medborgare, fara: nej, styrförsök: nej, vill ha människa: nej, eget ärende: nej,
              vill inte ha AI: nej, skyddad identitet: nej, barn: ja}
    utfall: granska
    handläggningstid: 3
    andra granskare: ja
    kompetens: handläggare
    lagrum: {sfs: 2018:1197, kap: "", paragraf: 1, lydelse: 2020-01-01}
    ägare: Stadsjuristen
    gäller från: 2026-01-01
    besked: review
    exempel:
      - {skede: fråga, roll: medborgare, fara: nej, styrförsök: nej, vill ha människa: nej, eget ärende: nej,
         vill inte ha AI: nej, skyddad identitet: nej, barn: ja}
"""
KNOWN_CHILD = {"child": True, "no_ai": False, "protected_identity": False}


def outcome(platform: Platform, key: str) -> tuple[str, str, str]:
    with platform.http(key) as client:
        text, decision = ask(client, QUESTION)
    return str(decision["outcome"]), str(decision["rule"]), text


def test_the_demo_says_that_nobody_has_decided_it(demo: Platform):
    with demo.http() as client:
        [made] = client.get("/v1/deployments").json()["deployments"]
    assert (made["demo"], made["dnr"], made["in_force"]) == (True, "DEMO", True)


def test_an_authority_takes_the_service_into_use_rules_it_and_stops_it(demo: Platform, tmp_path: Path):
    citizen = demo.key(AUTHORITY, "citizen")
    assert outcome(demo, citizen)[:2] == ("review", "SPÄRR-IBRUKTAGANDE")
    demo.deploy(AUTHORITY)
    assert outcome(demo, citizen)[0] == "abstained"

    table = tmp_path / "egen.yaml"
    table.write_text(OWN.replace("utfall: lämna över", "utfall: svar"))
    wrong = demo.run("rules", "check", str(table), "--authority", AUTHORITY)
    assert wrong.returncode == 1
    [problem] = json.loads(wrong.stdout)["problems"]
    assert (problem["line"], problem["column"]) == (10, "utfall")
    table.write_text(OWN)
    assert demo.command("rules", "check", str(table), "--authority", AUTHORITY)["problems"] == []
    made = demo.command("rules", "propose", str(table), "--authority", AUTHORITY, "--reason", "Prov")["version"]
    assert isinstance(made, dict)
    seen = demo.command("rules", "impact", made["id"], "--authority", AUTHORITY)["impact"]
    assert isinstance(seen, dict)
    # The first question was held back by a guard, and would have been handed over all the same.
    assert {(each["was"], each["would"], each["count"]) for each in seen["moved"]} == {
        ("granska", "lämna över", 1),
        ("svara", "lämna över", 1),
    }
    approve = ("rules", "approve", str(made["id"]), "--authority", AUTHORITY, "--reason", "Prov")
    assert demo.run(*approve).returncode == 2
    # Nor by a key that the proposer has made: they are one person.
    with demo.http(DataFolder(demo.data).keys()[f"{AUTHORITY}/admin"]) as client:
        made_with_it = client.post("/v1/keys", json={"role": "admin"}).json()["key"]
    assert demo.run(*approve, "--key", made_with_it).returncode == 2
    demo.command(*approve, "--key", demo.key(AUTHORITY, "admin"))
    assert outcome(demo, citizen) == ("handed_over", "E1", "En registrator svarar dig.")
    copy = tmp_path / "kopia.yaml"
    demo.command("rules", "export", "--authority", AUTHORITY, "--out", str(copy))
    assert copy.read_text() == OWN

    back = tmp_path / "tom.yaml"
    back.write_text(SOON)
    again = demo.command("rules", "propose", str(back), "--authority", AUTHORITY, "--reason", "Prov")["version"]
    assert isinstance(again, dict)
    demo.command("rules", "impact", again["id"], "--authority", AUTHORITY)
    demo.command(
        "rules", "approve", again["id"], "--authority", AUTHORITY, "--reason", "Prov",
        "--key", demo.key(AUTHORITY, "admin"),
    )  # fmt: skip
    stop = demo.command("deployment", "halt", "--authority", AUTHORITY, "--reason", "Fel svar")
    assert outcome(demo, citizen)[:2] == ("review", "SPÄRR-STOPP")
    demo.command("deployment", "resume", str(stop["id"]), "--authority", AUTHORITY, "--reason", "Rättat")
    assert outcome(demo, citizen)[0] == "abstained"
    with demo.http(citizen) as client:
        assert client.post("/v1/halts", json={"reason": "x"}).status_code == 403
        child = {"messages": [{"role": "user", "content": QUESTION}], "allmanning": KNOWN_CHILD}
        told = client.post("/v1/chat/completions", json=child).json()["allmanning"]
    assert (told["outcome"], told["rule"]) == ("review", "E2")
    with demo.http(demo.key(AUTHORITY, "admin")) as client:
        records = client.get(f"/v1/decisions/{told['decision_id']}").json()["records"]
        gates = [each["leaf"]["gate"] for each in records if "gate" in each["leaf"]]
        assert {(each["deadline_hours"], each["second_reviewer"]) for each in gates} == {(3, True)}
        [waits] = [each for each in client.get("/v1/reviews").json()["reviews"] if each["rule"] == "E2"]
    took = datetime.fromisoformat(waits["due_at"]) - datetime.fromisoformat(waits["opened_at"])
    assert took == timedelta(hours=3)
