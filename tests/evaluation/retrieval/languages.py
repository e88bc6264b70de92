"""The demo municipality's documents, asked in the languages that people in Sweden speak.

`languages.jsonl` holds each question in Swedish and in the others, with the document that answers it.
"""

from __future__ import annotations

import json
from pathlib import Path

from allmanning.ingest.read.media_type import media_type_of
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read
from allmanning.ingest.sources.folder_rules import RULES
from allmanning.node.evaluate.judged import Entry, JudgedSet

DOCUMENTS = Path(__file__).parents[3] / "infra/demo/documents"
LANGUAGES = ("sv", "en", "fi", "ar")


def asked_in_languages() -> JudgedSet:
    """Question ids are `<language>-<number>`, entries the documents' paths below `infra/demo/documents`."""
    corpus = {entry.id: entry for entry in map(_entry, _files())}
    queries: dict[str, str] = {}
    grades: dict[str, dict[str, int]] = {}
    rows = Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    for number, row in enumerate(map(json.loads, rows)):
        for language in LANGUAGES:
            queries[f"{language}-{number}"] = row[language]
            grades[f"{language}-{number}"] = {row["source"]: 1}
    return JudgedSet(queries, corpus, grades)


def _files() -> list[Path]:
    return sorted(path for path in DOCUMENTS.rglob("*") if path.is_file() and path.name != RULES)


def _entry(path: Path) -> Entry:
    extract = read(Original(path, path.name, media_type_of(path.name, path)))
    return Entry(str(path.relative_to(DOCUMENTS)), extract.title or path.stem, extract.text)
