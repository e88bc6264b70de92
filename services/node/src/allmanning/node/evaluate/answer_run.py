"""What a platform said to each question of a file, and on which terms. It can be kept, and judged again later."""

from __future__ import annotations

from collections.abc import Mapping

from allmanning.gateway.evaluation.answered import Answered
from allmanning.node.evaluate.kept import Kept


class AnswerRun(Kept):
    """The answers by question id; `pins` are the hashes of what decided them, `model` the name of what worded them."""

    what = ("svar", "answers")

    answers: Mapping[str, Answered]
    model: str
    pins: Mapping[str, str]
