"""What an evaluation keeps in a file, to be compared with later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.runtime.errors import InvalidInput


class Kept(BaseModel):
    """Written by `--save`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: ClassVar[tuple[str, str]]
    """What it is, in Swedish and English, for whoever names another file."""

    def save(self, file: Path) -> None:
        """Raises `InvalidInput`: `evaluation.file_unwritable`."""
        try:
            file.write_text(json.dumps(self.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            text = f"Filen {file} kan inte skrivas: {error.strerror}. (The file cannot be written.)"
            raise InvalidInput("evaluation.file_unwritable", text) from error

    @classmethod
    def read(cls, file: Path) -> Self:
        """What is in a file.

        Raises:
            InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable` or `evaluation.malformed`.
        """
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
        except OSError as error:
            raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from error
        except ValidationError as error:
            swedish, english = cls.what
            text = f"{file} är inte {swedish} som --save har skrivit. (Not {english} that --save wrote.)"
            raise InvalidInput("evaluation.malformed", text) from error
