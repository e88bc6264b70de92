"""What an authority may change of the search when it evaluates: a small YAML file, so that two can be compared."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from allmanning.runtime.errors import InvalidInput


class SearchSettings(BaseModel):
    """What the file leaves out is as the product ships it. Paths are relative to the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pipeline: Path | None = None
    """A Haystack pipeline in place of the one that ships with the retrieve service."""

    synonyms: Path | None = None
    """The authority's own words in YAML, as `allmanning synonyms set` takes them."""

    tei_reranker_url: str = ""
    """text-embeddings-inference with a cross-encoder."""

    def below(self, folder: Path) -> Self:
        """The same, with paths that begin in `folder`."""
        paths = {"pipeline": self.pipeline, "synonyms": self.synonyms}
        return self.model_copy(update={name: folder / path for name, path in paths.items() if path})


def read_settings(file: Path) -> SearchSettings:
    """The settings in a file.

    Raises:
        InvalidInput: `evaluation.file_missing`, `evaluation.file_unreadable`, or `evaluation.settings_invalid` with
            the key that is wrong and those that are known.
    """
    content = _read(file)
    try:
        settings = SearchSettings.model_validate(content or {}).below(file.parent)
    except ValidationError as error:
        wrong = ", ".join(sorted({".".join(map(str, each["loc"])) or "filen" for each in error.errors()}))
        known = ", ".join(SearchSettings.model_fields)
        text = f"{file}: fel i {wrong}. Kända inställningar: {known}. (Wrong or unknown; these are known.)"
        raise InvalidInput("evaluation.settings_invalid", text) from error
    for path in (settings.pipeline, settings.synonyms):
        if path and not path.is_file():
            raise InvalidInput("evaluation.file_missing", f"Filen {path} saknas. (The file is missing.)")
    return settings


def _read(file: Path) -> object:
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InvalidInput("evaluation.file_missing", f"Filen {file} saknas. (The file is missing.)") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("evaluation.file_unreadable", f"Filen {file} kan inte läsas: {error}.") from error
    except yaml.YAMLError as error:
        raise InvalidInput("evaluation.settings_invalid", f"{file} är inte YAML: {error}. (Not YAML.)") from error
    return content
