"""How documents, passages and citations look as JSON; one function for each message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from typing_extensions import TypedDict

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.contracts.generate.v1.generate_pb import Citation, Outcome
from allmanning.contracts.ingest.v1.ingest_pb import Document, Priority, Progress, State
from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage
from allmanning.runtime.swedish_day import today

OUTCOMES: Final = {
    Outcome.ANSWERED: "answered",
    Outcome.ABSTAINED: "abstained",
    Outcome.REVIEW: "review",
    Outcome.REFUSED: "refused",
    Outcome.HANDED_OVER: "handed_over",
}

STATES: Final = {
    State.RECEIVED: "received",
    State.INDEXED: "indexed",
    State.REJECTED: "rejected",
    State.RETIRED: "retired",
    State.EXPANDED: "expanded",
    State.NEEDS_OCR: "needs_ocr",
    State.HELD: "held",
    State.FAILED: "failed",
    State.CANCELLED: "cancelled",
    State.SCHEDULED: "scheduled",
}

PRIORITIES: Final = {Priority.UNSPECIFIED: "normal", Priority.URGENT: "urgent", Priority.BULK: "bulk"}

STAGES: Final = {
    Progress.Stage.UNSPECIFIED: "waiting",
    Progress.Stage.READING: "reading",
    Progress.Stage.EMBEDDING: "embedding",
    Progress.Stage.WRITING: "writing",
}

SECRECIES: Final = {Secrecy.OPEN: "open", Secrecy.INTERNAL: "internal", Secrecy.SECRET: "secret"}

# From this score on, ingest tells of a passage and the generate service sets it aside.
FLAGGED: Final = 0.5


class Source(TypedDict):
    """A document as a citation names it."""

    id: str
    title: str
    uri: str
    version: str
    authority: str


class Region(TypedDict):
    """Part of a page: points (1/72 inch) from the upper left corner of the page as it is shown."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


class Place(TypedDict):
    """Where in the extracted text: 1-based page (0: none), headings, code points with exclusive end.

    `regions` are what it covers on each of its pages, where the format has pages.
    """

    page: int
    headings: list[str]
    start: int
    end: int
    regions: list[Region]


class SpanOut(TypedDict):
    """Code points of a document's extracted text, end exclusive."""

    start: int
    end: int


class CitationOut(TypedDict):
    """`number` stands in brackets in the answer; `quote` carries the sentence, `span` is where it stands.

    `view` is the path of the page that shows the quote in its document, `link` its whole address. `support` is 0..1,
    1 for a sentence that is word for word the document's.
    """

    number: int
    document: Source
    location: Place
    quote: str
    span: SpanOut
    support: float
    view: str
    link: str


class FindingOut(TypedDict):
    """What was noticed in a document, and how many times."""

    code: str
    count: int


class ProgressOut(TypedDict):
    """How far the work has come: pages read, or passages embedded; `done` and `total` are 0 when that is not known."""

    stage: str
    done: int
    total: int


class DocumentOut(TypedDict):
    """A version of a document in the registry.

    `current_version` is the one that searches see, empty when they see none. `review_overdue`: the day of `review_on`
    has passed. `container` is the id of the document it came in, `members` how many came out of it. `ocr_quality` is
    0..1, 0 without OCR. What the work on it tells, from `findings` on, is for administrators: others see it empty.
    """

    id: str
    version: str
    authority: str
    collection: str
    title: str
    uri: str
    media_type: str
    document_type: str
    secrecy: str
    secrecy_provision: str
    owner_unit: str
    shared: bool
    valid_from: str
    valid_to: str
    record_type: str
    retention: str
    review_on: str
    review_overdue: bool
    language: str
    container: str
    current_version: str
    state: str
    passages: int
    size_bytes: int
    updated_at: str
    code: str
    reason: str
    pages: int
    members: int
    ocr_quality: float
    findings: list[FindingOut]
    progress: ProgressOut | None
    batch: str
    priority: str
    source: str
    attempts: int


def source(version: DocumentVersion) -> Source:
    return Source(
        id=version.id, title=version.title, uri=version.uri, version=version.version, authority=version.authority
    )


def place(location: Location | None) -> Place:
    location = location or Location()
    return Place(
        page=location.page,
        headings=list(location.headings),
        start=location.start,
        end=location.end,
        regions=[
            Region(page=each.page, left=each.left, top=each.top, right=each.right, bottom=each.bottom)
            for each in location.regions
        ],
    )


def review_overdue(version: DocumentVersion) -> bool:
    """Whether the day by which its owner should have looked at it again has passed."""
    return bool(version.review_on) and version.review_on < today().isoformat()


def view_of(passage: Passage, quote: str = "") -> str:
    """Path of the page that shows the passage, or only the quoted words of it, highlighted in its document."""
    version = passage.document or DocumentVersion()
    start, end = _span(passage, quote)
    query: dict[str, str | int] = {
        "start": start,
        "end": end,
        "version": version.version,
        "authority": version.authority,
    }
    if passage.location and passage.location.page:
        query["page"] = passage.location.page
    return f"/documents/{version.id}?{urlencode(query)}#citat"


def _span(passage: Passage, quote: str) -> tuple[int, int]:
    location = passage.location or Location()
    offset = passage.text.find(quote) if quote else -1
    # Offsets within the passage's text mean the same in the document only where it is that text, letter by letter.
    if offset < 0 or len(passage.text) != location.end - location.start:
        return location.start, location.end
    return location.start + offset, location.start + offset + len(quote)


def citation(cited: Citation, origin: str) -> CitationOut:
    passage = cited.passage or Passage()
    start, end = _span(passage, cited.quote)
    view = view_of(passage, cited.quote)
    return CitationOut(
        number=cited.number,
        document=source(passage.document or DocumentVersion()),
        location=place(passage.location),
        quote=cited.quote,
        span=SpanOut(start=start, end=end),
        support=round(cited.support, 4),
        view=view,
        link=f"{origin}{view}",
    )


def citations(cited: Sequence[Citation], origin: str) -> list[CitationOut]:
    """Each number once, in order; `origin` is the address that links begin with."""
    by_number = {each.number: each for each in reversed(cited)}
    return [citation(by_number[number], origin) for number in sorted(by_number)]


def progress(known: Progress | None) -> ProgressOut | None:
    return ProgressOut(stage=STAGES.get(known.stage, ""), done=known.done, total=known.total) if known else None


def document(known: Document, *, full: bool = False) -> DocumentOut:
    """`full`: with what the work on it tells, which is for administrators."""
    version = known.version or DocumentVersion()
    work = known if full else Document()
    return DocumentOut(
        id=version.id,
        version=version.version,
        authority=version.authority,
        collection=version.collection,
        title=version.title,
        uri=version.uri,
        media_type=version.media_type,
        document_type=version.document_type,
        secrecy=SECRECIES.get(version.secrecy, "secret"),
        secrecy_provision=version.secrecy_provision,
        owner_unit=version.owner_unit,
        shared=version.shared,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        record_type=version.record_type,
        retention=version.retention,
        review_on=version.review_on,
        review_overdue=review_overdue(version),
        language=version.language,
        container=version.container,
        current_version=version.version if known.state is State.INDEXED else known.published,
        state=STATES.get(known.state, ""),
        passages=known.passages,
        size_bytes=known.size_bytes,
        updated_at=known.updated_at,
        code=known.code,
        reason=known.reason,
        pages=known.pages,
        members=known.members,
        ocr_quality=round(known.ocr_quality, 3),
        findings=[FindingOut(code=each.code, count=each.count) for each in work.findings],
        progress=progress(work.progress),
        batch=work.batch,
        priority=PRIORITIES[work.priority] if full else "",
        source=work.source,
        attempts=work.attempts,
    )


def flagged(passage: Passage) -> bool:
    """Whether it reads as instructions to a language model."""
    return passage.injection_score >= FLAGGED
