"""What came back for one question of a run, kept with what it takes to judge it."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from allmanning.gateway.evaluation.answered import Answered
from allmanning.gateway.evaluation.checks import Checked, checked
from allmanning.gateway.evaluation.questions import KeyedQuestion


class Told(BaseModel):
    """An answer, with its decision, its model and its pins (also `rules` and `index`, where they were applied).

    `language` is that of what the asker was told (ISO 639-1). `links` are the addresses of what is cited, by number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Answered
    decision: str
    model: str
    pins: Mapping[str, str]
    language: str = ""
    links: Mapping[int, str] = {}

    def judged(self, question: KeyedQuestion) -> Checked:
        return checked(question, self.answer, lambda _: self.language)
