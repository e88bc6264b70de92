"""Questions with a key: what a right answer says, and which documents it rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.runtime.errors import InvalidInput

Expected: TypeAlias = Literal["answered", "abstained", "review", "refused", "handed_over"]


class KeyedQuestion(BaseModel):
    """One line of the file, a JSON object.

    `facts` must all occur in the answer and one of `sources` must be cited, when the question is to be answered; a
    source is a document's `uri`, or `<collection>/<file>` of the folder `documents` beside the file. `language` is the
    one the answer is to be in, `reason` the one to be given; both are left unchecked when empty.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    expect: Expected
    role: str = "citizen"
    language: str = ""
    reason: str = ""
    sources: Sequence[str] = ()
    facts: Sequence[str] = ()


def read_questions(file: Path) -> list[KeyedQuestion]:
    """The questions of a file, checked.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable`, `evaluation.malformed` with file and
            line, `evaluation.empty`.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from None
    questions: dict[str, KeyedQuestion] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = KeyedQuestion.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            what = "inte en fråga med id, question och expect (not a question)"
            raise InvalidInput("evaluation.malformed", f"{file}:{number}: {what}.") from error
        if question.id in questions:
            raise InvalidInput("evaluation.malformed", f"{file}:{number}: {question.id} finns redan (is there twice).")
        questions[question.id] = question
    if not questions:
        raise InvalidInput("evaluation.empty", f"{file} har inga frågor. (There are no questions.)")
    return list(questions.values())
