"""Questions with a key: what a right answer says, and which documents it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from allmanning.runtime.errors import InvalidInput

Expected: TypeAlias = Literal["answered", "abstained", "review", "refused", "handed_over"]
MAX_QUESTIONS: Final = 2_000
# Faults that one message names; whoever has mended them is told of the rest.
_NAMED: Final = 8

_Line: TypeAlias = Annotated[str, Field(min_length=1, max_length=500)]


class KeyedQuestion(BaseModel):
    """One line of the file, a JSON object.

    `facts` must all occur in the answer and one of `sources` must be cited, when the question is to be answered; a
    source is a document's `uri`, or `<collection>/<file>` of the folder `documents` beside the file. `language` is the
    one the answer is to be in, `reason` the one to be given; both are left unchecked when empty.
    """

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=100)]
    question: Annotated[str, Field(min_length=1, max_length=4_000, pattern=r"\S")]
    expect: Expected
    role: str = "citizen"
    language: Annotated[str, Field(max_length=8)] = ""
    reason: Annotated[str, Field(max_length=40)] = ""
    sources: Annotated[Sequence[_Line], Field(max_length=50)] = ()
    facts: Annotated[Sequence[_Line], Field(max_length=50)] = ()


def read_questions(file: Path) -> list[KeyedQuestion]:
    """The questions of a file, checked.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable`, and as `questions_in`.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from None
    return questions_in(text, str(file))


def questions_in(text: str, where: str = "") -> list[KeyedQuestion]:
    """The questions of JSON Lines; `where` is the name of the file, for whoever has to mend it.

    Raises:
        InvalidInput: `evaluation.malformed` with the number of each line and what is wrong with it, `evaluation.empty`,
            `evaluation.too_many`.
    """
    questions: dict[str, KeyedQuestion] = {}
    faults: list[tuple[int, str, str]] = []
    # Not splitlines(): a question may hold U+2028, which JSON leaves as it is.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = KeyedQuestion.model_validate(_object(line))
        except ValidationError as error:
            faults += [(number, *each) for each in _faults(error)]
        except ValueError as error:
            faults.append((number, f"raden är inte ett JSON-objekt ({error})", "the line is no JSON object"))
        else:
            if question.id in questions:
                faults.append((number, f"id {question.id} finns redan", f"the id {question.id} is there twice"))
            questions[question.id] = question
    if faults:
        raise InvalidInput("evaluation.malformed", _told(faults, where))
    if not questions:
        text = f"{where or 'Filen'} har inga frågor. (There are no questions.)"
        raise InvalidInput("evaluation.empty", text)
    return checked_number(list(questions.values()))


def checked_number(questions: list[KeyedQuestion]) -> list[KeyedQuestion]:
    """The questions, if they are no more than one set may have. Raises `InvalidInput`: `evaluation.too_many`."""
    if len(questions) > MAX_QUESTIONS:
        raise InvalidInput(
            "evaluation.too_many",
            f"Frågorna är {len(questions)}; en uppsättning har högst {MAX_QUESTIONS}. "
            f"(There are {len(questions)} questions; a set has {MAX_QUESTIONS} at most.)",
        )
    return questions


def lines_of(questions: Sequence[KeyedQuestion]) -> str:
    """As JSON Lines, what is empty left out."""
    told = ({name: value for name, value in each.model_dump(mode="json").items() if value} for each in questions)
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in told)


def _object(line: str) -> object:
    value: object = json.loads(line)
    if not isinstance(value, dict):
        raise ValueError("ett annat slags värde")  # noqa: TRY004 (told like text that is no JSON)
    return value


def _faults(error: ValidationError) -> Iterator[tuple[str, str]]:
    for each in error.errors():
        name = str(each["loc"][0])
        swedish, english = _said(name, each)
        yield swedish, english


def _said(name: str, fault: ErrorDetails) -> tuple[str, str]:
    match fault["type"]:
        case "missing":
            return f"fältet {name} saknas", f"the field {name} is missing"
        case "literal_error":
            known = ", ".join(get_args(Expected))
            return f"{name} ska vara något av {known}", f"{name} is one of {known}"
        case "string_too_long" | "too_long":
            most = fault["ctx"]["max_length"]
            return f"{name} är för långt: högst {most}", f"{name} is too long: {most} at most"
        case "string_too_short" | "string_pattern_mismatch":
            return f"{name} är tomt", f"{name} is empty"
        case "string_type":
            return f"{name} ska vara text", f"{name} is to be text"
        case _:
            return f"{name} ska vara en lista av texter", f"{name} is to be a list of texts"


def _told(faults: Sequence[tuple[int, str, str]], where: str) -> str:
    before = f"{where}: " if where else ""
    more = len(faults) - _NAMED
    swedish = "; ".join(f"rad {number}: {said}" for number, said, _ in faults[:_NAMED])
    english = "; ".join(f"line {number}: {said}" for number, _, said in faults[:_NAMED])
    if more > 0:
        swedish, english = f"{swedish}; och {more} fel till", f"{english}; and {more} more"
    return f"{before}{swedish[0].upper()}{swedish[1:]}. ({english[0].upper()}{english[1:]}.)"
