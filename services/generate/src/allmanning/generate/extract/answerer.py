"""The answerer without a model: the documents' own sentences, or none when unsure."""

from __future__ import annotations

from typing import TypedDict

from haystack import component

from allmanning.generate.draft import Draft, Task
from allmanning.generate.extract.abstain import LEAST_CONFIDENCE, confidence
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.length import within
from allmanning.generate.extract.ranking import Asked, rank
from allmanning.generate.extract.selection import selected


class Drafted(TypedDict):
    draft: Draft


@component
class ExtractiveAnswer:
    """Chooses the sentences that answer the question best, word for word."""

    def __init__(self, max_sentences: int = 3, least_confidence: float = LEAST_CONFIDENCE) -> None:
        """Say at most `max_sentences`, and nothing below `least_confidence` (0..1)."""
        self.max_sentences = max_sentences
        self.least_confidence = least_confidence

    @component.output_types(draft=Draft)
    def run(self, task: Task) -> Drafted:
        """Draft the answer to one task; without sentences when no candidate is sure enough."""
        question = Asked.of(task.asking.question, task.asking.before)
        found = candidates(task.passages)
        if task.language != "sv":
            question = question.among(found)
        ranked = rank(question, found)
        sure = confidence(question, ranked, task.passages)
        figures = {"confidence": round(sure, 4), "candidates": len(ranked)}
        if sure < self.least_confidence:
            return {"draft": Draft(figures=figures)}
        chosen = selected(ranked, task.passages, self.max_sentences)
        said = within(chosen, task.max_tokens)
        return {"draft": Draft(said, figures=figures, cut_off=len(said) < len(chosen))}
