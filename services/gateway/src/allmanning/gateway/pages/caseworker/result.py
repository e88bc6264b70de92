"""A passage as the pages list it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup

from allmanning.contracts.passage.v1.passage_pb import DocumentVersion, Location, Passage, ScoredPassage
from allmanning.gateway.pages.caseworker.search_url import SearchUrl
from allmanning.gateway.pages.caseworker.snippet import snippet
from allmanning.gateway.pages.names import Names
from allmanning.gateway.shapes import SECRECIES, flagged, review_overdue, view_of

_QUOTED_CHARS: Final = 300


@dataclass(frozen=True)
class Result:
    """One passage in a list. `by_words` and `by_meaning` say why it is there, `facts` what kind of document it is in.

    `flagged`: it reads as instructions to a language model, and no answer is made from it.
    `overdue` is the day by which its document should have been looked at again; empty when that is not passed.
    `around` and `similar` are the pages of what stands around it and what is like it, `preview` is the piece that
    shows its place beside the list, `report` the form to its owner. `quote` is the best sentence, or all of a short
    passage.
    """

    title: str
    headings: Sequence[str]
    page: int
    snippet: Markup
    valid_from: str
    overdue: str
    flagged: bool
    facts: Sequence[str]
    by_words: bool
    by_meaning: bool
    view: str
    around: str
    similar: str
    preview: str
    report: str
    quote: str


def result(found: ScoredPassage, url: SearchUrl, names: Names) -> Result:
    """The passage, with links that lead back to the search of `url`."""
    passage = found.passage or Passage()
    version = passage.document or DocumentVersion()
    location = passage.location or Location()
    sentence = passage.text[found.sentence.start : found.sentence.end] if found.sentence else ""
    view = view_of(passage, sentence)
    query = urlsplit(view).query
    return Result(
        title=version.title or version.uri,
        headings=list(location.headings),
        page=location.page,
        snippet=snippet(found),
        valid_from=version.valid_from,
        overdue=version.review_on if review_overdue(version) else "",
        flagged=flagged(passage),
        facts=facts(version, names),
        by_words=found.sparse > 0,
        by_meaning=found.dense > 0,
        view=view,
        around=url.path(f"/passages/{passage.id}/neighbours"),
        similar=url.path(f"/passages/{passage.id}/similar"),
        preview=f"/search/preview/{version.id}?{query}",
        report=f"/search/report/{version.id}?{query}",
        quote=" ".join((sentence or passage.text[:_QUOTED_CHARS]).split()),
    )


def facts(version: DocumentVersion, names: Names) -> list[str]:
    """Kind, format, collection and, when it is not open, secrecy class."""
    secrecy = SECRECIES.get(version.secrecy, "secret")
    said = [
        names.of("secrecy", secrecy) if secrecy != "open" else "",
        version.document_type,
        names.of("media_types", version.media_type),
        version.collection,
    ]
    return [each for each in said if each]
