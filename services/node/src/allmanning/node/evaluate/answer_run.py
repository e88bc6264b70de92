"""What a platform said to each question of a file, and on which terms. It can be kept, and judged again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from allmanning.node.evaluate.kept import Kept

_SETTINGS = ConfigDict(frozen=True, extra="forbid")


class Cited(BaseModel):
    """A source of an answer: the document as the key names it, and the words that are to carry a sentence."""

    model_config = _SETTINGS

    number: int
    source: str
    quote: str
    around: str
    """Title and headings above the words."""


class Answered(BaseModel):
    """What the platform said to one question."""

    model_config = _SETTINGS

    outcome: str
    reason: str
    text: str
    cited: Sequence[Cited]
    seconds: float
    foreword: str = ""
    """What was said before `text`, in the asker's language, about the language that follows; empty where it is hers."""


class AnswerRun(Kept):
    """The answers by question id; `pins` are the hashes of what decided them, `model` the name of what worded them."""

    what = ("svar", "answers")

    answers: Mapping[str, Answered]
    model: str
    pins: Mapping[str, str]
