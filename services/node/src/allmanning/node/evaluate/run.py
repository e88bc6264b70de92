"""A run, as trec_eval calls it: what one search found for each question of a set. It can be kept in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.runtime.errors import InvalidInput


class Run(BaseModel):
    """For each question id the ids of the entries found, best first, and how many seconds all of them took."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rankings: Mapping[str, Sequence[str]]
    seconds: float
    index_version: str
    """Of the index that answered."""

    def save(self, file: Path) -> None:
        """Raises `InvalidInput`: `evaluation.file_unwritable`."""
        try:
            file.write_text(json.dumps(self.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            text = f"Filen {file} kan inte skrivas: {error.strerror}. (The file cannot be written.)"
            raise InvalidInput("evaluation.file_unwritable", text) from error


def read_run(file: Path) -> Run:
    """The run in a file.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable` or `evaluation.malformed`.
    """
    try:
        return Run.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
    except OSError as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from error
    except ValidationError as error:
        text = f"{file} är inte en körning som --save har skrivit. (Not a run that --save wrote.)"
        raise InvalidInput("evaluation.malformed", text) from error
