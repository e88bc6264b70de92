"""The question as weighted search terms."""

from __future__ import annotations

from haystack import component
from haystack.dataclasses import SparseEmbedding

from allmanning.index.sparse import question_vector
from allmanning.retrieve.stage import stage


@component
class QuestionAnalyser:
    """Analyses the question just as passages were analysed."""

    @component.output_types(sparse_embedding=SparseEmbedding)
    def run(self, text: str) -> dict[str, SparseEmbedding]:
        """Returns `sparse_embedding`; empty when the question has nothing but stop words."""
        with stage("analyse"):
            vector = question_vector(text)
        return {"sparse_embedding": SparseEmbedding(list(vector.indices), list(vector.values))}

    @component.output_types(sparse_embedding=SparseEmbedding)
    async def run_async(self, text: str) -> dict[str, SparseEmbedding]:
        # Without this the pipeline would start a thread for half a millisecond of work.
        return self.run(text)
