"""Passages and questions as the index wants them: both vectors, from the same text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from allmanning.contracts.index.v1.index_pb import IndexedPassage, SparseVector, TokenVectors
from allmanning.contracts.passage.v1.passage_pb import Passage
from allmanning.index.embed.protocol import Embedder, Tokens
from allmanning.index.everyday import official, worded_officially
from allmanning.index.repair import repaired
from allmanning.index.sentences import sentences
from allmanning.index.sparse import passage_vector, question_vector
from allmanning.index.text import Said, indexed_text, said
from allmanning.index.wire import passage_tokens, wire_vectors

# Of a token that stands in the title or a heading.
ABOVE: Final = 255
# Few enough to tell of progress, and for others to get a word in between.
_PART: Final = 64


async def encode_passages(
    passages: Sequence[Passage],
    embedder: Embedder,
    known: Mapping[Said, IndexedPassage] | None = None,
    *,
    told: Callable[[int, int], None] | None = None,
) -> list[IndexedPassage]:
    """Passages ready to be staged, in the same order. One that says what a known one says gets its vectors.

    `told` hears, after each part, how many of how many have their vectors.
    """
    known = known or {}
    new = [passage for passage in passages if said(passage) not in known]
    encoded: list[IndexedPassage] = []
    for at in range(0, len(new), _PART):
        encoded += await _encoded(new[at : at + _PART], embedder)
        if told:
            told(len(passages) - len(new) + len(encoded), len(passages))
    made = iter(encoded)
    return [
        _with_vectors_of(known[said(passage)], passage) if said(passage) in known else next(made)
        for passage in passages
    ]


async def _encoded(passages: Sequence[Passage], embedder: Embedder) -> list[IndexedPassage]:
    texts = [repaired(indexed_text(passage)) for passage in passages]
    embedded = await passage_tokens(embedder, texts)
    encoded = [
        IndexedPassage(passage=passage, dense=dense, sparse=passage_vector(text))
        for passage, text, dense in zip(passages, texts, wire_vectors(embedded.vectors), strict=True)
    ]
    for each, text, tokens in zip(encoded, texts, embedded.tokens, strict=False):
        each.tokens = TokenVectors(codes=tokens.codes.tobytes(), dimension=tokens.codes.shape[1])
        each.sentences = _sentences(text, each.passage.text.strip() if each.passage else "", tokens)
    return encoded


def _with_vectors_of(known: IndexedPassage, passage: Passage) -> IndexedPassage:
    return IndexedPassage(
        passage=passage, dense=known.dense, sparse=known.sparse, tokens=known.tokens, sentences=known.sentences
    )


async def encode_question(question: str, embedder: Embedder) -> tuple[bytes, SparseVector]:
    """The two vectors of a question, as `index.v1.SearchRequest` carries them."""
    [dense] = wire_vectors(await embedder.embed_queries([worded_officially(question)]))
    return dense, question_vector(question, list(official(question)))


def _sentences(indexed: str, said: str, tokens: Tokens) -> bytes:
    """For each token the number of its sentence in `said`; 255 for the words above it.

    `indexed` ends with as many words as `said` has, be they repaired.
    """
    sentence_of_word = [ABOVE] * (len(indexed.split()) - len(said.split()))
    for number, (start, end) in enumerate(sentences(said)):
        sentence_of_word += [min(number, ABOVE - 1)] * len(said[start:end].split())
    last = len(sentence_of_word) - 1
    return bytes(sentence_of_word[min(word, last)] if word >= 0 else ABOVE for word in tokens.words.tolist())
