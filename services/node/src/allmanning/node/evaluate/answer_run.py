"""What a platform said to each question of a file, and on which terms. It can be kept, and judged again later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.runtime.errors import InvalidInput

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


class AnswerRun(BaseModel):
    """The answers by question id; `pins` are the hashes of what decided them, `model` the name of what worded them."""

    model_config = _SETTINGS

    answers: Mapping[str, Answered]
    model: str
    pins: Mapping[str, str]

    def save(self, file: Path) -> None:
        """Raises `InvalidInput`: `evaluation.file_unwritable`."""
        try:
            file.write_text(json.dumps(self.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            text = f"Filen {file} kan inte skrivas: {error.strerror}. (The file cannot be written.)"
            raise InvalidInput("evaluation.file_unwritable", text) from error


def read_answer_run(file: Path) -> AnswerRun:
    """The run in a file.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable` or `evaluation.malformed`.
    """
    try:
        return AnswerRun.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
    except OSError as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from error
    except ValidationError as error:
        text = f"{file} är inte svar som --save har skrivit. (Not answers that --save wrote.)"
        raise InvalidInput("evaluation.malformed", text) from error
