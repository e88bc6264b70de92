"""The pipeline's second stage: personal data in an extract is found, and held, masked or let through by rule."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypedDict

from haystack import component

from allmanning.contracts.ingest.v1.ingest_pb import Handling
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion
from allmanning.index.personal.detect import detect
from allmanning.index.personal.found import Found
from allmanning.ingest.handling import Rules
from allmanning.ingest.mask import covered, masked
from allmanning.ingest.read.document import Extract
from allmanning.ingest.read.finding import PERSONAL, PERSONAL_MASKED, Finding
from allmanning.ingest.verdict import HELD
from allmanning.runtime.errors import Unprocessable

_CALLED: Final[Mapping[str, str]] = {
    "personnummer": "personnummer",
    "phone": "telefonnummer",
    "email": "e-postadresser",
    "address": "adresser",
    "account": "kontonummer",
    "card": "kortnummer",
    "protected_name": "skyddade namn",
    "name": "namn",
}


class Inspected(TypedDict):
    document: DocumentVersion
    extract: Extract


class HasRules(Protocol):
    """Where a collection's rules come from."""

    async def rules(self, authority: str, name: str) -> Rules: ...


class Held(Unprocessable):
    """The document has personal data that its collection does not let through; `extract` tells where."""

    def __init__(self, document: DocumentVersion, extract: Extract, counts: Mapping[str, int]) -> None:
        told = ", ".join(f"{count} {_CALLED[kind]}" for kind, count in sorted(counts.items()))
        super().__init__(
            HELD,
            f"Dokumentet innehåller personuppgifter som samlingen inte släpper igenom: {told}. Granska det, och ändra "
            "dokumentet eller samlingens regler. (Held: it contains personal data that its collection blocks.)",
        )
        self.document = document
        self.extract = extract


@dataclass(frozen=True)
class _Noticed:
    """Personal data in a document: in its text, its title, and its address or file name, which can't be masked."""

    text: Sequence[Found]
    title: Sequence[Found]
    extract_title: Sequence[Found]
    uri: Sequence[Found]

    @property
    def all(self) -> Sequence[Found]:
        return (*self.text, *self.title, *self.uri)


@component
class DocumentInspector:
    """Finds personal data with the index's own detectors, and applies the rules of the document's collection."""

    def __init__(self) -> None:
        self._rules: HasRules | None = None

    def bind(self, rules: HasRules) -> None:
        """Give it the authorities' rules, which belong to the caller."""
        self._rules = rules

    @component.output_types(document=DocumentVersion, extract=Extract)
    def run(self, document: DocumentVersion, extract: Extract) -> Inspected:
        """Only `run_async` inspects: the rules belong to an event loop."""
        raise NotImplementedError("DocumentInspector runs in an asynchronous pipeline")

    @component.output_types(document=DocumentVersion, extract=Extract)
    async def run_async(self, document: DocumentVersion, extract: Extract) -> Inspected:
        """The document as it may be read.

        Raises:
            Held: `personal_data.held`.
            Unavailable: `registry.unavailable`.
        """
        if self._rules is None:
            raise RuntimeError("bind the rules before running")
        rules = await self._rules.rules(document.authority, document.collection)
        # A second for a million characters: others must not wait.
        return await asyncio.to_thread(inspected, document, extract, rules)


def inspected(document: DocumentVersion, extract: Extract, rules: Rules) -> Inspected:
    """What `rules` leave of a document, with what was found in it. Raises `Held`."""

    def handling(found: Found) -> Handling:
        return rules.handling(found.kind, document.secrecy)

    noticed = _Noticed(
        text=detect(extract.text, rules.protected),
        title=detect(document.title, rules.protected),
        extract_title=detect(extract.title, rules.protected),
        uri=detect(document.uri, rules.protected),
    )
    findings = [*extract.findings, *_findings(noticed, extract)]
    held = Counter(found.kind for found in noticed.all if handling(found) is Handling.BLOCK)
    held.update(found.kind for found in noticed.uri if handling(found) is Handling.MASK)
    if held:
        raise Held(document, extract.noting(findings), held)
    hidden = [found for found in noticed.text if handling(found) is Handling.MASK]
    in_title = [found for found in noticed.title if handling(found) is Handling.MASK]
    if hidden or in_title:
        findings.append(Finding(PERSONAL_MASKED, count=len(hidden) + len(in_title)))
        titled = covered(extract.title, [found for found in noticed.extract_title if handling(found) is Handling.MASK])
        extract = masked(extract, hidden, titled)
        document = DocumentVersion.from_binary(document.to_binary())
        document.title = covered(document.title, in_title)
    return {"document": document, "extract": extract.noting(findings)}


def _findings(noticed: _Noticed, extract: Extract) -> list[Finding]:
    return [
        *(
            Finding(PERSONAL + each.kind, page=extract.page_of(each.start), start=each.start, end=each.end)
            for each in noticed.text
        ),
        # Outside the text there is no place to tell.
        *(Finding(PERSONAL + each.kind) for each in (*noticed.title, *noticed.uri)),
    ]
