"""One review as the page shows it: the draft's sentences, each beside what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from allmanning.contracts.audit.v1.audit_pb import DraftSentence, Ground, Review, Work
from allmanning.gateway.language import marked

# As generate's verifier: word for word; from here on little doubt.
_VERBATIM: Final = 1.0
_STRONG: Final = 0.75
SUPPORT: Final = {
    "verbatim": marked("Ordagrant ur källan"),
    "strong": marked("Gott stöd i källan"),
    "weak": marked("Svagt stöd: läs källan noga"),
    "none": marked("Ingen källa"),
}


@dataclass(frozen=True)
class Source:
    """A place that a sentence rests on; `path` opens it, and leaves on record that it was opened."""

    title: str
    headings: Sequence[str]
    page: int
    quote: str
    path: str
    opened: bool


@dataclass(frozen=True)
class Checked:
    """A sentence (or, where no record tells them apart, the whole text) and its sources. `support` is of `SUPPORT`."""

    text: str
    support: str
    sources: Sequence[Source]
    rows: int


@dataclass(frozen=True)
class Typed:
    """What somebody has written in the form, one text a sentence."""

    sentences: Sequence[str] = field(default=())
    reason: str = ""

    @property
    def text(self) -> str:
        """The answer that it makes. Browsers send line breaks as CR LF."""
        lines = (each.replace("\r\n", "\n").strip() for each in self.sentences)
        return "\n".join(each for each in lines if each)


def text_of(review: Review) -> str:
    """What a reviewer says yes or no to: the draft, or what a first reviewer has made of it."""
    return (review.text if review.awaits_second and review.text else review.draft).strip()


def sentences_of(review: Review) -> list[Checked]:
    """The text under review in pieces that can each be changed."""
    apart = "\n".join(each.text for each in review.sentences)
    if review.sentences and same_words(apart, text_of(review)):
        return machine_sentences(review)
    whole = text_of(review)
    return [Checked(whole, "", (), _rows(whole))] if whole else []


def same_words(one: str, other: str) -> bool:
    """Whether two texts say the same, however their lines are broken."""
    return one.split() == other.split()


def machine_sentences(review: Review) -> list[Checked]:
    """The draft as the machine made it."""
    opened = _opened(review)
    return [
        Checked(
            text=each.text.strip(),
            support=_support(each),
            sources=[_source(review, ground, f"{n}-{m}", opened) for m, ground in enumerate(each.grounds)],
            rows=_rows(each.text),
        )
        for n, each in enumerate(review.sentences)
    ]


def documents_of(review: Review) -> list[Source]:
    """Everything that the answer was made from."""
    opened = _opened(review)
    return [_source(review, each, f"d-{n}", opened) for n, each in enumerate(review.documents)]


def ground_at(review: Review, place: str) -> Ground | None:
    """What a source's path names: `<sentence>-<ground>`, or `d-<document>`; None when there is nothing."""
    first, _, second = place.partition("-")
    try:
        grounds = review.documents if first == "d" else review.sentences[int(first)].grounds
        return grounds[int(second)]
    except (ValueError, IndexError):
        return None


def view_of(ground: Ground, authority: str) -> str:
    """The page that shows the document at the place; `authority` where the record does not say whose it is."""
    query: dict[str, str | int] = {"authority": ground.authority or authority}
    if ground.version:
        query["version"] = ground.version
    if ground.end > ground.start:
        query |= {"start": ground.start, "end": ground.end}
    if ground.page:
        query["page"] = ground.page
    return f"/documents/{ground.document}?{urlencode(query)}" + ("#citat" if ground.end > ground.start else "")


def _source(review: Review, ground: Ground, place: str, opened: frozenset[str]) -> Source:
    return Source(
        title=ground.title or ground.document,
        headings=list(ground.headings),
        page=ground.page,
        quote=ground.quote,
        path=f"/review/{review.decision_id}/source/{place}",
        opened=ground.document in opened,
    )


def _opened(review: Review) -> frozenset[str]:
    return frozenset((review.work or Work()).opened)


def _support(sentence: DraftSentence) -> str:
    if not sentence.grounds:
        return "none"
    if sentence.support >= _VERBATIM:
        return "verbatim"
    return "strong" if sentence.support >= _STRONG and not sentence.doubts else "weak"


def _rows(text: str) -> int:
    """Rows of a field that shows all of it, where the browser does not fit the field to its text."""
    return min(20, sum(1 + len(line) // 60 for line in text.split("\n")))
