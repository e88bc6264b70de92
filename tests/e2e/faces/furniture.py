"""One of each thing in the town, so that every page has something to show; each text in it is hostile."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from allmanning.gateway.description.samples import requests
from allmanning.gateway.keys import create_key
from tests.e2e.faces.hostile import ATTACK, FILE_NAME, hostile
from tests.e2e.faces.town import OURS, Lobby, Town

MARK: Final = "Kvarnbyhällen"
COLLECTION: Final = "\"'><img src=x onerror=window.taken=1>{{7331*7331}} samling"
SOURCE: Final = "kvarnkvistens-webb"
DOCUMENT: Final = f"""# {MARK} {ATTACK}

{MARK} är en sten i Kvarnby som kräver lov att flytta. Avgiften är 400 kronor.

{ATTACK} kostar ingenting. {hostile(3_000)}
"""
# An own rule of the town: a caseworker reads what is answered.
READ_FIRST: Final = """nivå: egen
tabell: Kvarnbys regler
utgåva: 1
regler:
  - regel: E1
    text: Svar till invånare läses först.
    villkor: {skede: svar, roll: medborgare, sekretess: öppen, svagaste stöd: "minst 0,4"}
    utfall: granska
    lagrum: {sfs: 2017:900, kap: "", paragraf: 6, lydelse: 2018-07-01}
    kompetens: handläggare
    ägare: Stadsjuristen
    gäller från: 2026-01-01
    besked: review
    exempel:
      - {skede: svar, roll: medborgare, sekretess: öppen, svagaste stöd: "0,9"}
"""


def furnish(town: Town) -> None:
    """Make one of each thing; where it is stands in `town.known`."""
    _documents(town)
    _decisions(town)
    _inspections(town)
    _forgetting(town)
    _settings(town)
    _people(town)
    _evaluations(town)


def _sent(town: Town, operation: str, path: str, role: str = "admin", method: str = "POST", **texts: Any) -> Any:
    """The operation's own example with these fields instead."""
    body = requests()[operation]
    assert isinstance(body, dict)
    return town.api(method, path, role, json={**body, **texts})


def _documents(town: Town) -> None:
    details = {
        "title": hostile(400, MARK, turned=""),
        "document_type": ATTACK[:100],
        "collection": COLLECTION,
        "secrecy": "open",
        "uri": "javascript:window.taken=1//<img src=x onerror=window.taken=1>",
        "secrecy_provision": ATTACK[:200],
        "batch": ATTACK[:150],
    }
    made = town.api("POST", "/v1/documents", "admin", data=details, files={"file": (FILE_NAME, DOCUMENT.encode())})
    broken = {"file": (FILE_NAME.replace(".md", ".pdf"), b"%PDF-1.7 nothing")}
    town.api("POST", "/v1/documents", "admin", data={"title": hostile(400, turned="")}, files=broken)
    document = made["id"]
    _until(lambda: town.api("GET", f"/v1/documents/{document}", "admin")["state"] == "indexed")
    found = town.api("POST", "/v1/search", "caseworker", json={"query": MARK})
    about = {"document": document, "text": hostile(2_000), "quote": hostile(500)}
    told = _sent(town, "reports_make", "/v1/reports", "caseworker", **about)
    saved = town.page("POST", "/search/saved", "caseworker", data={"name": ATTACK[:100], "query": f"q={quote(ATTACK)}"})
    assert saved.status_code == 303, saved.text
    listed = town.page("GET", "/search", "caseworker").text
    town.known |= {
        "document_id": document,
        "passage_id": found["passages"][0]["id"],
        "collection": COLLECTION,
        "report_id": told["id"],
        "search_id": re.findall(r"/search/saved/([0-9a-f-]+)/forget", listed)[0],
    }


def _decisions(town: Town) -> None:
    """The first is answered, the second held, the third neither: a document does not say it."""
    deployed = _sent(town, "deployments_propose", "/v1/deployments")["id"]
    town.api("POST", f"/v1/deployments/{deployed}/approve", "second")
    question = f"Vad kostar det att flytta {MARK}?"
    answered, contested = _asked(town, question), _asked(town, question)
    version = town.api("POST", "/v1/rules/versions", "admin", json={"yaml": READ_FIRST, "reason": hostile(800)})
    town.api("POST", f"/v1/rules/versions/{version['version']['id']}/impact", "admin")
    town.api("POST", f"/v1/rules/versions/{version['version']['id']}/approve", "second", json={"reason": hostile(800)})
    held = _asked(town, question)
    for text in (f"Vad kostar {MARK}? {ATTACK}", hostile(2_000)):
        _asked(town, text)
    event = {"type": "contested", "kind": "human_intervention", "text": hostile(1_000)}
    town.api("POST", f"/v1/decisions/{contested}/events", "citizen", json=event)
    _until(lambda: town.page("GET", f"/review/{held}", "caseworker").status_code == 200)
    _until(lambda: town.page("GET", f"/v1/decisions/{answered}/receipt", "admin").status_code == 200)
    review = town.page("GET", f"/review/{held}", "caseworker").text
    places = re.findall(rf"/review/{held}/source/([^\"]+)", review)
    town.known |= {"decision_id": answered, "review_id": held, "place": places[0]}


def _asked(town: Town, question: str) -> str:
    body = {"messages": [{"role": "user", "content": question}]}
    return str(town.api("POST", "/v1/chat/completions", "citizen", json=body)["allmanning"]["decision_id"])


def _inspections(town: Town) -> None:
    decision, reason = town.known["decision_id"], hostile(800)
    span = {"from": "2020-01-01", "to": "2099-01-01", "reason": reason}
    recall = {"value": town.known["document_id"], "reason": reason}
    sample = _sent(town, "samples_frame", "/v1/audit/samples", "auditor", **span)["sample"]
    drawn = _sent(town, "samples_draw", f"/v1/audit/samples/{sample}/draw", "auditor", size=2)
    about = {"decision_id": decision, "reason": reason}
    town.known |= {
        "recall_id": _sent(town, "recalls_begin", "/v1/audit/recalls", "auditor", **recall)["recall"],
        "sample_id": sample,
        "drawn": drawn["decisions"][0]["decision"],
        "control_id": _sent(town, "controls_draw", "/v1/audit/controls", "auditor", **span)["control"],
        "disclosure_id": _sent(town, "disclosures_prepare", "/v1/disclosures", **about)["disclosure"],
        "register": "atrs",
    }


def _forgetting(town: Town) -> None:
    decision, reason = town.known["decision_id"], hostile(800)
    search = {"text": "", "decision_ids": [decision], "reason": reason}
    found = _sent(town, "erasures_search", "/v1/erasures/search", **search)["found"]
    asked = {"record_ids": [found[0]["record_id"]], "ground": "GDPR 17.1.a", "reason": reason, "subject": ATTACK[:200]}
    hold = {"decision_ids": [decision], "reference": ATTACK[:100], "reason": reason}
    meaning = {"meaning": hostile(200), "reason": reason}
    town.known |= {
        "erasure_id": town.api("POST", "/v1/erasures", "admin", json=asked)["id"],
        "proposal": _sent(town, "retention_propose", "/v1/retention", **meaning)["id"],
        "hold": _sent(town, "retention_place", "/v1/holds", **hold)["id"],
    }


def _settings(town: Town) -> None:
    reason = hostile(800)
    deployment = {"official": ATTACK[:200], "quality": hostile(300)}
    source = {"collection": COLLECTION, "location": f"https://kvarnby.invalid/?{quote(ATTACK)}", "every_minutes": 0}
    synonyms = [{"word": "hällen", "words": [ATTACK[:60]]}]
    _sent(town, "sources_put", f"/v1/sources/{SOURCE}", method="PUT", **source)
    _sent(town, "synonyms_put_synonyms", "/v1/synonyms", method="PUT", synonyms=synonyms)
    _sent(town, "registers_write", "/v1/registers/texts", method="PATCH", texts={"one_sentence": hostile(300)})
    _sent(town, "collections_put_collection", f"/v1/collections/{quote(COLLECTION)}", method="PUT")
    _sent(town, "collections_put_protected_names", "/v1/protected-names", method="PUT", names=[ATTACK[:200]])
    town.known |= {
        "deployment_id": _sent(town, "deployments_propose", "/v1/deployments", **deployment)["id"],
        "halt_id": _sent(town, "deployments_halt", "/v1/halts", reason=reason)["id"],
        "version_id": _sent(town, "rules_propose", "/v1/rules/versions", reason=reason)["version"]["id"],
        "channel_id": _sent(town, "channels_create", "/v1/channels", origins=["https://www.kvarnby.se"])["id"],
        "webhook_id": _sent(town, "webhooks_create", "/v1/webhooks")["id"],
        "source_id": SOURCE,
    }


def _evaluations(town: Town) -> None:
    question = {"id": ATTACK[:100], "question": ATTACK, "expect": "answered", "facts": [ATTACK], "sources": [ATTACK]}
    made = town.api(
        "POST", "/v1/evaluations/sets", "admin", json={"name": ATTACK[:60], "questions": [question]}
    )  # fmt: skip
    run = town.api("POST", "/v1/evaluations", "admin", json={"set": made["id"]})
    _until(lambda: bool(town.api("GET", f"/v1/evaluations/{run['id']}", "admin")["ended_at"]))
    town.known |= {"set_id": made["id"], "run_id": run["id"]}


def _people(town: Town) -> None:
    lobby = Lobby(town.data)
    town.known["account_id"] = lobby.accounts.create(OURS, ATTACK[:100], "caseworker", unit=ATTACK[:100], by=None).id
    create_key(town.data, OURS, "caseworker", unit=ATTACK[:100], label=ATTACK[:100])
    lobby.close()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
