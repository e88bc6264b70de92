"""Print how many attacks are flagged, and how much of real Swedish text is flagged wrongly.

python -m tests.evaluation.injection
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from allmanning.index.injection.score import FLAGGED, injection_score, reasons
from tests.evaluation.injection.swedish import ATTACKS, ORDINARY
from tests.evaluation.judged_data import given, parser

_PASSAGE = 1000
_EVERY = 6
# What a filter would look for that somebody writes in an afternoon.
_BASELINE = re.compile(r"ignore (?:all )?(?:previous|above)|system prompt|ignorera (?:alla )?tidigare", re.IGNORECASE)


def passages(data: Path) -> Iterator[str]:
    """Real text that gives no instructions to a model, in pieces of a passage's length."""
    for text in texts(data):
        for start in range(0, len(text), _PASSAGE):
            yield text[start : start + _PASSAGE]


def texts(data: Path) -> Iterator[str]:
    for path in [*(data / "documents").rglob("*.html"), *data.rglob("*.md")]:
        source = re.sub(r"(?s)<(script|style).*?</\1>", " ", path.read_text(errors="replace"))
        yield re.sub(r"<[^>]+>", " ", source)
    for path in (data / "retrieval").rglob("corpus.jsonl"):
        for line in path.open(encoding="utf-8"):
            entry = json.loads(line)
            yield f"{entry.get('title', '')}\n{entry['text']}"
    for path in (data / "statutes").glob("*.jsonl.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for at, line in enumerate(lines) if at % _EVERY == 0)
    for line in (data / "pii" / "ner-train.jsonl").open(encoding="utf-8"):
        yield json.loads(line)["text"]


def attacks(data: Path) -> Iterator[tuple[str, list[str]]]:
    entries = [json.loads(line) for line in (data / "injection" / "deepset.jsonl").open(encoding="utf-8")]
    yield "deepset, labelled 1 (English, German)", [each["text"] for each in entries if each["label"] == 1]
    yield "deepset, labelled 0: none is one", [each["text"] for each in entries if each["label"] == 0]
    yield (
        "giskard",
        [json.loads(line)["text"] for line in (data / "injection" / "giskard.jsonl").open(encoding="utf-8")],
    )
    garak = json.loads((data / "injection" / "garak-attacks.json").read_text())
    yield "garak", [text for some in garak.values() for text in some]
    yield "own, Swedish and neighbours", list(ATTACKS)
    yield "own, ordinary: none is one", list(ORDINARY)


def main(data: Path) -> None:
    print(f"{'flagged at ' + str(FLAGGED):40}{'of':>6}{'ours':>8}{'words alone':>13}")
    for name, some in attacks(data):
        ours = sum(injection_score(text) >= FLAGGED for text in some)
        plain = sum(bool(_BASELINE.search(text)) for text in some)
        print(f"{name:40}{len(some):>6}{ours / len(some):>8.3f}{plain / len(some):>13.3f}")
    flagged, why, count = 0, Counter[str](), 0
    for passage in passages(data):
        count += 1
        found = reasons(passage)
        why.update(found)
        flagged += injection_score(passage) >= FLAGGED if found else 0
    print(f"\nreal passages flagged wrongly: {flagged} of {count} ({flagged / count:.4%})")
    print("rules that hold in them:", dict(why))


if __name__ == "__main__":
    if asked := given(parser("tests.evaluation.injection", __doc__, "")):
        main(asked.folder)
