"""A judged set that is small enough to know by heart."""

from __future__ import annotations

import json
from pathlib import Path

ENTRIES = {
    "bygglov": ("Bygglov", "Du ansöker om lov hos byggnadsnämnden."),
    "avgift": ("Förskola", "Avgiften beräknas på hushållets inkomst."),
    "lang": (
        "Protokoll",
        "Ordföranden öppnar mötet och hälsar alla välkomna. " * 80 + "Simhallen i Exempelby stängs i mars.",
    ),
    "tvilling-1": ("", "Biblioteket i Norrby har öppet till klockan arton på vardagar."),
    "tvilling-2": ("", "Biblioteket i Norrby har öppet till klockan arton på vardagar."),
}
QUESTIONS = {
    "q1": ("Hur söker jag bygglov?", {"bygglov": 1}),
    "q2": ("Vad kostar förskolan?", {"avgift": 1}),
    "q3": ("När stänger simhallen i Exempelby?", {"lang": 1}),
    "q4": ("När har biblioteket i Norrby öppet?", {"tvilling-1": 1, "tvilling-2": 1}),
}


def write_set(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    rows = [{"id": name, "title": title, "text": text} for name, (title, text) in ENTRIES.items()]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, rows)))
    rows = [{"id": name, "text": text} for name, (text, _) in QUESTIONS.items()]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, rows)))
    lines = [f"{name}\t{entry}\t{grade}" for name, (_, grades) in QUESTIONS.items() for entry, grade in grades.items()]
    (folder / "qrels.tsv").write_text("\n".join(lines))
    return folder
