"""A result that is kept under a name in the data folder, where the page `/admin/evaluations` finds it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from pydantic import ConfigDict, JsonValue

from allmanning.node.evaluate.kept import Kept
from allmanning.node.evaluate.measured import ROWS
from allmanning.runtime.errors import InvalidInput
from allmanning.runtime.record import Json, now

FOLDER: Final = "evaluations"
_NAME_CHARS: Final = 60


class Result(Kept):
    """Figures and their terms, one JSON file each; no question, answer or text is in it.

    `kind` is "answers", "retrieval", "pii" or "injection"; `at` an RFC 3339 time in UTC; `measured_on` the name of the
    file or folder; `authority` whose answers were measured, empty when the figures are of the installation; `figures`
    numbers, or objects of numbers; `pins` the hashes of what decided them, the one of the questions under "rows".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    what = ("ett sparat mått", "a kept result")

    kind: str
    name: str
    at: str
    measured_on: str
    authority: str = ""
    model: str = ""
    figures: Mapping[str, JsonValue]
    pins: Mapping[str, str]

    @classmethod
    def of(
        cls,
        kind: str,
        name: str,
        measured_on: Path,
        figures: Mapping[str, Json],
        pins: Mapping[str, str],
        *,
        authority: str = "",
        model: str = "",
    ) -> Self:
        """Raises `InvalidInput`: `evaluation.name`."""
        if not name.strip() or not name.isprintable() or len(name) > _NAME_CHARS:
            text = f"Ange ett namn på högst {_NAME_CHARS} tecken. (Give a name of at most {_NAME_CHARS} characters.)"
            raise InvalidInput("evaluation.name", text)
        return cls.model_validate(
            {
                "kind": kind,
                "name": name,
                "at": now(),
                "measured_on": measured_on.name,
                "authority": authority,
                "model": model,
                "figures": {name: each for name, each in figures.items() if _is_figure(each)},
                "pins": pins,
            }
        )

    def keep(self, data: Path) -> Path:
        """Write it into the data folder; a file is never replaced by a later one.

        Raises:
            InvalidInput: `evaluation.file_unwritable`.
        """
        folder = data / FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            text = f"Mappen {folder} kan inte skapas: {error.strerror}. (The folder cannot be made.)"
            raise InvalidInput("evaluation.file_unwritable", text) from error
        file = folder / f"{re.sub(r'[^0-9]', '', self.at)}-{self.kind}.json"
        self.save(file)
        return file


def rows_pin(file: Path) -> dict[str, str]:
    """The pin of a file of questions."""
    return {ROWS: f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"}


def _is_figure(value: Json) -> bool:
    if isinstance(value, Mapping):
        return all(_is_figure(each) for each in value.values())
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
