"""A draft as a reviewer checks it: sentence by sentence, each beside the words that carry it, as they read then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from allmanning.audit.log.json_path import objects, text
from allmanning.audit.log.leaf import Leaf
from allmanning.audit.review.case import File
from allmanning.audit.review.projection import REVIEW_CLOSED, REVIEW_OPENED
from allmanning.contracts.audit.v1.audit_pb import DraftSentence, Ground
from allmanning.runtime.record import Json

# The part of `review.opened` that tells what each sentence of a held draft rests on.
GROUNDS: Final = "grounds"
_RELEASED: Final = "sentence.released"


def sentences(file: File) -> list[DraftSentence]:
    """What the text under review says, one by one; empty where no record tells, or the text is another by now."""
    if file.case.own:
        said = _released(file)
        # Of other words than the machine's no record tells what they rest on.
        return said if _flowing(" ".join(each.text for each in said)) == _flowing(file.draft) else []
    if file.case.contests:
        return _released(file)
    held = [parts.get(GROUNDS) for leaf, parts in file.said.values() if leaf.kind() == REVIEW_OPENED]
    return [sentence_of(each) for each in objects(held[-1] if held else None)]


def documents(file: File) -> list[Ground]:
    """Each document that the answer was made from, once, best first, by name."""
    found: dict[str, Ground] = {}
    for each in _retrieved(file).values():
        ground = ground_of(each)
        named = Ground(document=ground.document, version=ground.version, authority=ground.authority, title=ground.title)
        found.setdefault(ground.document, named)
    for document in sorted(file.documents - set(found)):
        found[document] = Ground(document=document)
    return list(found.values())


def sentence_of(told: Mapping[str, Json]) -> DraftSentence:
    """A sentence as a part of a record tells of it."""
    return DraftSentence(
        text=text(told, "text"),
        support=_number(told.get("support")),
        doubts=_texts(told.get("doubts")),
        grounds=[ground_of(each) for each in objects(told.get("quotes"))],
    )


def told_of(sentences: Iterable[DraftSentence]) -> list[Json]:
    """The same as a part of a record."""
    return [
        {
            "text": each.text,
            "support": round(each.support, 4),
            "doubts": list(each.doubts),
            "quotes": [
                {
                    "document": ground.document,
                    "version": ground.version,
                    "authority": ground.authority,
                    "title": ground.title,
                    "headings": list(ground.headings),
                    "page": ground.page,
                    "start": ground.start,
                    "end": ground.end,
                    "quote": ground.quote,
                }
                for ground in each.grounds
            ],
        }
        for each in sentences
    ]


def ground_of(told: Mapping[str, Json]) -> Ground:
    """A place in a document; what is not told is empty."""
    return Ground(
        document=text(told, "document"),
        version=text(told, "version"),
        authority=text(told, "authority"),
        title=text(told, "title") or text(told, "uri"),
        headings=_texts(told.get("headings")),
        page=_count(told.get("page")),
        start=_count(told.get("start")),
        end=_count(told.get("end")),
        quote=text(told, "quote"),
    )


def _released(file: File) -> list[DraftSentence]:
    """The sentences that left by themselves; none when a reviewer has worded the answer anew."""
    if any(leaf.kind() == REVIEW_CLOSED and leaf.text("review", "state") == "edited" for leaf, _ in file.said.values()):
        return []
    places = _retrieved(file)
    return [
        _released_one(leaf, parts, places) for leaf, parts in file.said.values() if leaf.kind() == _RELEASED
    ]  # fmt: skip


def _released_one(leaf: Leaf, parts: Mapping[str, Json], places: Mapping[str, Mapping[str, Json]]) -> DraftSentence:
    said = parts.get("quotes")
    quotes = said if isinstance(said, list) else []
    cited = objects(leaf.fields.get("citations"))
    grounds = []
    for place, each in enumerate(cited):
        known = places.get(text(each, "passage"), {})
        quote = quotes[place] if place < len(quotes) else ""
        grounds.append(ground_of({**known, **each, "quote": quote, **_span(known, quote)}))
    support = min((_number(each.get("support")) for each in cited), default=0.0)
    return DraftSentence(text=_text_of(parts.get("text")), support=support, grounds=grounds)


def _span(known: Mapping[str, Json], quote: Json) -> dict[str, Json]:
    """Where the quote stands in the document; where its passage does when that can't be told."""
    passage, start, end = text(known, "text"), known.get("start"), known.get("end")
    if not isinstance(quote, str) or not isinstance(start, int) or not isinstance(end, int):
        return {}
    offset = passage.find(quote) if quote and len(passage) == end - start else -1
    return {"start": start + offset, "end": start + offset + len(quote)} if offset >= 0 else {}


def _retrieved(file: File) -> dict[str, Mapping[str, Json]]:
    """What the searches gave, by passage."""
    return {
        text(each, "passage") or str(place): each
        for _, parts in file.said.values()
        for place, each in enumerate(objects(parts.get("retrieved")))
    }


def _text_of(value: Json) -> str:
    return value if isinstance(value, str) else text(value, "text")


def _flowing(text: str) -> str:
    return " ".join(text.split())


def _texts(value: Json) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _number(value: Json) -> float:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
