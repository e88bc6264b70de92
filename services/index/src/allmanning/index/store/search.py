"""A search in any engine: both sides, fused, ordered anew by late interaction, cut to a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from allmanning.contracts.index.v1.index_pb import NeighboursRequest, SearchRequest, SearchResponse
from allmanning.contracts.passage.v1.passage_pb import Facet, Order, Passage, ScoredPassage
from allmanning.index import everyday
from allmanning.index.access import hidden, readable
from allmanning.index.condition import Condition, Equals, Every, Not, OneOfNumbers, PointIn
from allmanning.index.fusion import DEPTH, DEPTH_OF_BEST, WORDS, Fused, attainable, fuse, undecided, unfound_score
from allmanning.index.store import facets, late_interaction
from allmanning.index.store.engine import Candidates, Lookup, VectorEngine
from allmanning.index.store.entry import FIELDS, KEY_BYTES, Entry
from allmanning.index.store.evidence import matches, sentence
from allmanning.index.store.late_interaction import Question
from allmanning.index.store.point import Payload, passage_of, point_id, unit_vector
from allmanning.index.store.ranking import Page, adjusted, checked_limit, dated, page
from allmanning.runtime.errors import InvalidInput, NotFound

# How many of the best words' hits say what a full match would score.
_TELLING = 3
# Cosine by e5 under which a passage without a word of the question is near by chance. Of 35 strings of letters that
# are no words the nearest of 430 passages had .840 at most; of 1,000 questions with an answer here none is under it.
_NEAR = 0.845

Told = Sequence[tuple[float, Collection[int]]]
"""BM25 score and terms of the passages that the words found best."""
# Passages that say the same as another take places that are filled from behind.
_SPARE = 20
_HIGHEST = 1.0 + WORDS + late_interaction.WEIGHT
_IDENTITY = ("authority", "document", "version", "position", "generation")
MOST_NEIGHBOURS = 10


async def search(engine: VectorEngine, request: SearchRequest) -> SearchResponse:
    """See `PassageStore.search`."""
    limit = checked_limit(request)
    shown = _keys(request.shown)
    lookup = await _lookup(engine, request, limit)
    found = await engine.candidates(lookup)
    depth = 2 * lookup.depth if _by_date(request) else max(late_interaction.DEPTH, len(shown) + limit + _SPARE)
    told = await _told(engine, found)
    fused = await _fused(engine, lookup, found, told, depth)
    question = Question(request.tokens)
    chosen = await _page(engine, request, question, fused[:depth], limit, shown)
    more = chosen.more or len(fused) > depth
    seen = shown | {each.key for each in (*chosen.entries, *chosen.repeated)}
    in_dense = {hit.point for hit in found.dense}
    in_sparse = {hit.point for hit in found.sparse}
    return SearchResponse(
        passages=[_scored(each, question, request.terms, in_dense, in_sparse) for each in chosen.entries],
        held_back=_held_back(found, limit),
        total=found.total,
        found=len(fused),
        facets=await _facets(engine, fused) if request.facets else [],
        shown=b"".join(sorted(seen)) if more else b"",
        far=not request.like and _far(lookup, found, told),
    )


async def neighbours(engine: VectorEngine, request: NeighboursRequest) -> list[Passage]:
    """See `PassageStore.neighbours`."""
    if not 0 <= request.each_side <= MOST_NEIGHBOURS:
        raise InvalidInput("each_side.out_of_range", f"Högst {MOST_NEIGHBOURS} stycken på var sida.")
    may_read = readable(SearchRequest(principal=request.principal, as_of=request.as_of))
    at = await _identity(engine, may_read, request.passage_id)
    middle, side = int(str(at["position"])), request.each_side or 1
    document = [Equals(field, str(at[field])) for field in ("authority", "document", "version")]
    beside = OneOfNumbers("position", tuple(range(max(0, middle - side), middle + side + 1)))
    rows, _ = await engine.page(Every((may_read, *document, beside)), 2 * side + 1, "", ("passage",))
    return sorted((passage_of(row) for row in rows), key=lambda each: each.position)


async def _lookup(engine: VectorEngine, request: SearchRequest, limit: int) -> Lookup:
    may_read = readable(request)
    dense = unit_vector(request.dense, engine.dimension) if request.dense else []
    indices = list(request.sparse.indices) if request.sparse else []
    values = list(request.sparse.values) if request.sparse else []
    if request.like:
        # Whether the asker may read it is asked without the filter: what is like it may be looked for elsewhere.
        anywhere = SearchRequest(principal=request.principal, as_of=request.as_of)
        point = point_id(await _identity(engine, readable(anywhere), request.like))
        vectors = (await engine.vectors([point]))[point]
        dense, indices, values = vectors.dense, vectors.indices, vectors.values
        may_read = Every((may_read, Not(PointIn((point,)))))
    browsed = request.facets or request.shown or _by_date(request)
    depth = DEPTH if browsed else max(DEPTH_OF_BEST, limit + _SPARE)
    return Lookup(dense, indices, values, may_read, hidden(request), depth, limit)


async def _identity(engine: VectorEngine, may_read: Condition, passage_id: str) -> Payload:
    """The fields that name the point of a passage. The same error for what is not there and what is not allowed."""
    rows, _ = await engine.page(Every((may_read, Equals("passage_id", passage_id))), 1, "", _IDENTITY)
    if not passage_id or not rows:
        raise NotFound("passage.not_found", "Det finns inget sådant stycke som du får läsa.")
    return rows[0]


async def _fused(engine: VectorEngine, lookup: Lookup, found: Candidates, told: Told, depth: int) -> list[Fused]:
    """Both sides as one list. What of its first `depth` the words found has its cosine, too."""
    dense = {hit.point: hit.score for hit in found.dense}
    sparse = {hit.point: hit.score for hit in found.sparse}
    most, unfound = attainable(_question(lookup), told), unfound_score(sparse, lookup.depth)
    if worded := undecided(dense, sparse, most, unfound, depth):
        dense |= {hit.point: hit.score for hit in await engine.cosines(lookup, worded)}
    return fuse(dense, sparse, most, unfound)


async def _told(engine: VectorEngine, found: Candidates) -> Told:
    best = found.sparse[:_TELLING]
    terms = {point: each.indices for point, each in (await engine.vectors([hit.point for hit in best])).items()}
    return [(hit.score, frozenset(terms[hit.point])) for hit in best if hit.point in terms]


def _question(lookup: Lookup) -> dict[int, float]:
    return dict(zip(lookup.indices, lookup.values, strict=True))


def _far(lookup: Lookup, found: Candidates, told: Told) -> bool:
    """See `SearchResponse.far`. Letter grams, which weigh less than any word, meet by chance."""
    if not lookup.dense or max((hit.score for hit in found.dense), default=_NEAR) >= _NEAR:
        return False
    words = {term for term, weight in _question(lookup).items() if weight >= everyday.WEIGHT}
    return not any(words.intersection(terms) for _, terms in told)


async def _page(
    engine: VectorEngine,
    request: SearchRequest,
    question: Question,
    fused: list[Fused],
    limit: int,
    shown: frozenset[bytes],
) -> Page:
    authority = request.principal.authority if request.principal else ""
    ordered = adjusted(await _entries(engine, question, fused), authority)
    by_date = _by_date(request)
    return page(dated(ordered, request.order) if by_date else ordered, limit, shown, fair=not by_date)


def _by_date(request: SearchRequest) -> bool:
    return request.order is not Order.UNSPECIFIED


async def _entries(engine: VectorEngine, question: Question, fused: Sequence[Fused]) -> list[Entry]:
    payloads = await engine.payloads([each.point for each in fused], FIELDS)
    near = {each.point for each in fused[: late_interaction.DEPTH]}
    measured = {point: question.likeness(payload) for point, payload in payloads.items() if point in near}
    likeness = {point: score for point, score in measured.items() if score is not None}
    # What was not looked at, or has no tokens, is taken to be as unlike as the least like.
    least = min(likeness.values(), default=0.0)
    return [
        Entry(each, payloads[each.point], each.score + late_interaction.WEIGHT * likeness.get(each.point, least))
        for each in fused
        if each.point in payloads
    ]


def _scored(each: Entry, question: Question, terms: Sequence[str], dense: set[str], sparse: set[str]) -> ScoredPassage:
    text, point = each.passage.text, each.fused.point
    met = matches(text, terms) if terms else []
    likeness = question.sentences(each.payload)
    return ScoredPassage(
        passage=each.passage,
        score=min(1.0, max(0.0, each.score / _HIGHEST)),
        dense=each.fused.dense if point in dense else 0.0,
        sparse=each.fused.sparse if point in sparse else 0.0,
        matches=met,
        sentence=sentence(text, likeness.best, met) if terms or likeness.best >= 0 else None,
        sentence_likeness=list(likeness.alone),
        framed_likeness=list(likeness.framed),
    )


def _held_back(found: Candidates, limit: int) -> int:
    """Of the best `limit` by embedding, readable or hidden, the hidden ones."""
    open_scores = [hit.score for hit in found.dense[:limit]]
    best = sorted([(-score, 0) for score in open_scores] + [(-score, 1) for score in found.hidden])[:limit]
    return sum(is_hidden for _, is_hidden in best)


async def _facets(engine: VectorEngine, fused: Sequence[Fused]) -> list[Facet]:
    return facets.facets((await engine.payloads([each.point for each in fused], facets.FIELDS)).values())


def _keys(shown: bytes) -> frozenset[bytes]:
    if len(shown) % KEY_BYTES:
        raise InvalidInput("cursor.invalid", "Sidmarkören hör inte till den här sökningen.")
    return frozenset(shown[start : start + KEY_BYTES] for start in range(0, len(shown), KEY_BYTES))
