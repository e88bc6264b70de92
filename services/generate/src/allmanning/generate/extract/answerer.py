"""The answerer without a model: the documents' own sentences, or none when unsure."""

from __future__ import annotations

from typing import TypedDict

from haystack import component

from allmanning.generate.draft import Draft, Task
from allmanning.generate.extract.abstain import confidence
from allmanning.generate.extract.asked import Asked
from allmanning.generate.extract.candidates import candidates
from allmanning.generate.extract.joining import joined
from allmanning.generate.extract.length import within
from allmanning.generate.extract.ranking import rank
from allmanning.generate.extract.selection import selected
from allmanning.generate.extract.weights import weights
from allmanning.runtime.record import Json


class Drafted(TypedDict):
    draft: Draft


@component
class ExtractiveAnswer:
    """Chooses the sentences that answer the question best, word for word."""

    def __init__(self, max_sentences: int = 3, least_confidence: float | None = None) -> None:
        """Say at most `max_sentences`, and nothing below `least_confidence` (0..1; None: as calibrated)."""
        self.max_sentences = max_sentences
        self.least_confidence = least_confidence

    @component.output_types(draft=Draft)
    def run(self, task: Task) -> Drafted:
        """Draft the answer to one task; without sentences when no candidate is sure enough."""
        question = Asked.of(task.asking.question, task.asking.before)
        found = candidates(task.passages)
        if task.language != "sv":
            question = question.among(found)
        ranking = rank(question, found, task.passages)
        if ranking is None:
            return {"draft": Draft(figures={"confidence": 0.0, "candidates": 0})}
        sure = confidence(question, ranking, task.passages)
        encoded = ranking.measured.encoded
        least = weights(encoded=encoded).least_confidence if self.least_confidence is None else self.least_confidence
        # Without the encoder's word on the sentences other weights were used: a replay has to know.
        figures: dict[str, Json] = {
            "confidence": round(sure, 4),
            "least_confidence": least,
            "candidates": len(found),
            "encoded": encoded,
        }
        if sure < least:
            return {"draft": Draft(figures=figures)}
        best = selected(ranking.ranked, task.passages, self.max_sentences, question)
        chosen = joined(best, task.passages, task.language)
        said = within(chosen, task.max_tokens)
        return {"draft": Draft(said, figures=figures, cut_off=len(said) < len(chosen))}
