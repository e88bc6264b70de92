"""Questions to search for: what people asked, where the judged sets are, otherwise the demo's."""

from __future__ import annotations

import json
from itertools import chain

from tests.conftest import SHARED_DATA
from tests.platform_node import ROOT

JUDGED = ("swefaq", "helsingborg")


def questions() -> list[str]:
    """A hundred or more, all different."""
    files = [SHARED_DATA / "retrieval" / name / "queries.jsonl" for name in JUDGED]
    if not all(file.exists() for file in files):
        files = [ROOT / "infra/demo/questions.jsonl", ROOT / "infra/demo/questions-more.jsonl"]
    rows = chain.from_iterable(file.read_text(encoding="utf-8").splitlines() for file in files)
    return list(dict.fromkeys(row.get("text") or row["question"] for row in map(json.loads, rows)))
