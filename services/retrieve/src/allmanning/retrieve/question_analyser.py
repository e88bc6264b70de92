"""The question as it is understood: its wording for an embedder, and its weighted search terms."""

from __future__ import annotations

import asyncio
from typing import TypedDict

from haystack import component
from haystack.dataclasses import SparseEmbedding

from allmanning.contracts.access.v1.access_pb import Principal
from allmanning.contracts.retrieve.v1.retrieve_pb import Understanding
from allmanning.index.lexicon.speller import speller
from allmanning.index.sparse import question_terms, question_vector
from allmanning.retrieve.stage import stage
from allmanning.retrieve.synonyms import NoVocabulary, Vocabulary
from allmanning.retrieve.understanding import understood


class Analysis(TypedDict):
    """`sparse_embedding` is empty when the question has nothing but stop words; `terms` are what it weighs, one a line.

    Haystack copies what stages hand on, and looks at each item of a list: one text costs a millisecond less.
    """

    text: str
    sparse_embedding: SparseEmbedding
    terms: str
    understanding: Understanding


@component
class QuestionAnalyser:
    """Understands the question, and analyses its words just as passages were analysed."""

    def __init__(self) -> None:
        self._vocabulary: Vocabulary = NoVocabulary()

    def warm_up(self) -> None:
        """Map the lexicon; compiling it the first time takes some seconds."""
        speller()

    def bind_vocabulary(self, vocabulary: Vocabulary) -> None:
        """The authorities' own words; none are known without."""
        self._vocabulary = vocabulary

    @component.output_types(text=str, sparse_embedding=SparseEmbedding, terms=str, understanding=Understanding)
    def run(self, text: str, principal: Principal) -> Analysis:
        return asyncio.run(self.run_async(text, principal))

    @component.output_types(text=str, sparse_embedding=SparseEmbedding, terms=str, understanding=Understanding)
    async def run_async(self, text: str, principal: Principal) -> Analysis:
        own = await self._vocabulary.own_words(principal.authority)
        with stage("analyse"):
            question = understood(text, own, speller())
            vector = question_vector(question.words, question.expansions)
            terms = question_terms(question.words, question.expansions)
        return {
            "text": question.wording,
            "sparse_embedding": SparseEmbedding(list(vector.indices), list(vector.values)),
            "terms": "\n".join(terms),
            "understanding": question.told,
        }
