"""Attacks in Swedish and its neighbours' languages, and imperatives, assistants and instructions as authorities write.

No public set has any: these are the project's own, translated from known English patterns or made up for municipal
documents. They lie as rows in `own/`, which `allmanning evaluate injection` reads too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

OWN: Final = Path(__file__).parent / "own"
_ROWS: Final = [json.loads(line) for line in (OWN / "swedish.jsonl").read_text(encoding="utf-8").splitlines()]

ATTACKS: Final = tuple(str(row["text"]) for row in _ROWS if row["label"] == 1)
ORDINARY: Final = tuple(str(row["text"]) for row in _ROWS if row["label"] == 0)
