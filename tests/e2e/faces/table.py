"""Who may see which page and send which form: the one table that the matrix is made from.

Letters: n nobody in particular, c citizen, w caseworker, a auditor, m administrator. A page without a row fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tests.undoing import ASKS

_EVERYBODY: Final = """
    GET / | POST / | GET /om | GET /tillganglighet | GET /integritet | GET /person | POST /person | POST /person/send
    POST /feedback | POST /conversation/erase | POST /conversation/pdf | POST /conversation/print
    POST /conversation/text
    GET /decision/{decision_id} | GET /documents/{document_id}
    GET /api | GET /api/problems | GET /api/reference | GET /api/reference/{name}
    GET /signin | POST /signin | GET /signin/code | POST /signin/code | GET /signin/invitation
    POST /signin/invitation | GET /signin/oidc/return | GET /signin/oidc/{name} | POST /signin/passkey
    POST /signin/passkey/options | POST /signin/password | POST /signout
"""
_SIGNED_IN: Final = """
    GET /account | GET /account/codes | POST /account/codes | POST /account/codes/off | GET /account/codes/picture.svg
    POST /account/codes/recovery | GET /account/passkey | POST /account/passkey | POST /account/passkey/options
    POST /account/passkey/remove | POST /account/password | POST /account/sessions/end
    GET /signin/again | GET /signin/form | GET /account/second-factor
"""
_STAFF: Final = """
    GET /search | GET /search/found | POST /search/answer | GET /search/preview/{document_id}
    GET /search/report/{document_id} | POST /search/report/{document_id} | POST /search/saved
    POST /search/saved/{search_id}/forget | GET /passages/{passage_id}/neighbours | GET /passages/{passage_id}/similar
    GET /case-file/{decision_id} | POST /case-file/{decision_id}
    GET /admin/deployments | POST /admin/deployments/halt | GET /admin/rules | GET /admin/rules/versions/{version_id}
"""
_CASEWORKER: Final = """
    POST /review/next | GET /review/own | POST /review/{review_id} | POST /review/{review_id}/claim
    POST /review/{review_id}/seen
"""
_OFFICIALS: Final = """
    GET /review | GET /review/reports | POST /review/reports/{report_id} | GET /review/{review_id}
    GET /review/sent | POST /review/sent | POST /review/{review_id}/return | GET /review/{review_id}/source/{place}
    GET /log/disclosures/of/{decision_id} | POST /log/disclosures/of/{decision_id}
    POST /log/disclosures/of/{decision_id}/masks | GET /log/disclosures/{disclosure_id}
    POST /log/disclosures/{disclosure_id} | POST /log/disclosures/{disclosure_id}/release
"""
_READERS: Final = """
    GET /log/like-cases | POST /log/like-cases | GET /log/like-cases/{decision_id}
    POST /log/like-cases/{decision_id} | GET /log/reports | GET /log/use
    GET /log | POST /log/bundle | GET /log/certificates | GET /log/contests | GET /log/controls
    POST /log/controls/draw | POST /log/controls/plan | POST /log/controls/readers | GET /log/controls/{control_id}
    POST /log/controls/{control_id} | GET /log/decisions | POST /log/decisions | GET /log/disclosures
    GET /log/erasures/report | GET /log/erasures/{erasure_id} | GET /log/lint | GET /log/oversight | GET /log/recalls
    POST /log/recalls | GET /log/recalls/{recall_id} | POST /log/recalls/{recall_id} | GET /log/registers
    GET /log/registers/card | GET /log/registers/{register} | GET /log/replay | POST /log/replay | GET /log/retention
    GET /log/samples | POST /log/samples | GET /log/samples/{sample_id} | POST /log/samples/{sample_id}/draw
    POST /log/samples/{sample_id}/open | POST /log/samples/{sample_id}/verdicts | GET /log/{decision_id}
    POST /log/{decision_id} | POST /log/{decision_id}/case-file | POST /log/{decision_id}/explanation
    POST /admin/rules/versions/{version_id}/impact | GET /admin/evaluations | GET /admin/setup
    GET /admin/setup/text
    GET /admin/quotas | GET /admin/evaluations/runs/{run_id} | GET /admin/evaluations/sets/{set_id}
    GET /admin/evaluations/sets/{set_id}/questions.jsonl
"""
_ADMIN: Final = """
    GET /admin | GET /admin/collections | POST /admin/collections | GET /admin/collections/{name}
    POST /admin/collections/{name} | POST /admin/deployments | POST /admin/deployments/halts/{halt_id}/resume
    POST /admin/deployments/{deployment_id}/approve | POST /admin/deployments/{deployment_id}/end
    GET /admin/documents | POST /admin/documents | GET /admin/documents/events | POST /admin/documents/pause
    POST /admin/documents/retry | GET /admin/documents/{document_id} | POST /admin/documents/{document_id}/cancel
    POST /admin/documents/{document_id}/retire | POST /admin/documents/{document_id}/retry
    GET /admin/gaps | POST /admin/gaps | GET /admin/health | GET /admin/keys | POST /admin/keys | POST /admin/keys/end
    GET /admin/rules/edit | POST /admin/rules/edit | POST /admin/rules/versions/{version_id}/settle
    GET /admin/sources | POST /admin/sources | GET /admin/sources/new | GET /admin/sources/{source_id}
    POST /admin/sources/{source_id}/delete | POST /admin/sources/{source_id}/run
    POST /admin/quotas | POST /admin/evaluations | GET /admin/evaluations/runs/{run_id}/answers/{number}
    POST /admin/setup | POST /admin/evaluations/runs/{run_id}/stop | POST /admin/evaluations/runs/{run_id}/remove
    POST /admin/evaluations/sets | POST /admin/evaluations/sets/{set_id}
    POST /admin/evaluations/sets/{set_id}/questions | POST /admin/evaluations/sets/{set_id}/questions/remove
    POST /admin/evaluations/sets/{set_id}/remove
    GET /admin/synonyms | POST /admin/synonyms | GET /admin/users | POST /admin/users | GET /admin/users/{account_id}
    POST /admin/users/{account_id} | POST /admin/users/{account_id}/reset | POST /admin/users/{account_id}/state
    GET /admin/webhooks | POST /admin/webhooks | GET /admin/webhooks/{webhook_id} | POST /admin/webhooks/{webhook_id}
    POST /admin/webhooks/{webhook_id}/remove | POST /admin/webhooks/{webhook_id}/secret
    POST /admin/webhooks/{webhook_id}/state | POST /admin/webhooks/{webhook_id}/try
    GET /admin/widget | POST /admin/widget | POST /admin/widget/{channel_id}/revoke
    GET /admin/write | POST /admin/write | POST /admin/write/begin
    POST /log/reports | GET /log/seal | POST /log/seal | POST /log/use
    GET /log/erasures/new | POST /log/erasures/new | POST /log/erasures/search | POST /log/erasures/{erasure_id}
    GET /log/lint/{decision_id} | POST /log/lint/{decision_id} | POST /log/registers/texts
    POST /log/registers/{register} | POST /log/retention/classes | POST /log/retention/classes/{proposal}
    POST /log/retention/holds | POST /log/retention/holds/{hold}
"""


def _rows(text: str) -> Iterator[str]:
    return (each.strip() for line in text.splitlines() for each in line.split("|") if each.strip())


MAY: Final[Mapping[str, str]] = {
    name: letters
    for letters, names in {
        "ncwam": _EVERYBODY,
        "cwam": _SIGNED_IN,
        "wam": _STAFF,
        "w": _CASEWORKER,
        "wm": _OFFICIALS,
        "am": _READERS,
        "m": _ADMIN,
    }.items()
    for name in _rows(names)
}

# What can't be undone, or opens more: whoever signed in a while ago proves once more who they are.
ASKS_AGAIN: Final = {
    *_rows("GET /account/codes | GET /account/codes/picture.svg | GET /account/passkey"),
    *(f"POST {path}" for path in ASKS),
}

# What somebody may who must get a second factor first.
SETTING_UP: Final = frozenset(
    _rows("""
    GET /account/codes | POST /account/codes | GET /account/codes/picture.svg | GET /account/passkey
    POST /account/passkey | POST /account/passkey/options | GET /account/second-factor
""")
)

# Whoever has the number of an open document or of a decision may read it, of whatever authority.
PUBLIC: Final = frozenset(_rows("GET /decision/{decision_id} | GET /documents/{document_id}"))

# Pages that ask why before they look: a form and the number that stands in the address, nothing of what has it.
ASK_FIRST: Final = frozenset(
    _rows("""
    GET /case-file/{decision_id} | GET /log/controls/{control_id} | GET /log/disclosures/of/{decision_id}
    GET /log/disclosures/{disclosure_id} | GET /log/lint/{decision_id} | GET /log/like-cases/{decision_id}
""")
)

# Fields without which a form does nothing; a name in braces is the thing's that is known by it.
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "POST /admin/documents/{document_id}/retire": {"sure": "true"},
    "POST /log/disclosures/{disclosure_id}": {"decision": "yes", "reason": "x"},
    "POST /log/samples/{sample_id}/open": {"decision": "{drawn}"},
    "POST /log/samples/{sample_id}/verdicts": {"decision": "{drawn}", "verdict": "right"},
    "POST /log/reports": {"act": "erase"},
    "POST /log/recalls/{recall_id}": {"decisions": "x", "state": "looked_at", "reason": "x"},
}

# Fields of forms that no signature names.
UNNAMED: Final = (
    "act", "aims", "decision_dnr", "decision_ids", "ground", "kind", "meaning", "one_sentence", "plan_item",
    "plan_version", "reason", "record_ids", "reference", "retention_class", "subject", "text", "until_month", "yaml",
)  # fmt: skip

# No provider of sign-ins is set up where these tests run.
ABSENT: Final = frozenset({"GET /signin/oidc/{name}"})
