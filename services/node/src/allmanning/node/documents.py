"""Documents on disk and what is said about them: files, folders, and the rules in a folder's `_folder.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from allmanning.runtime.errors import InvalidInput

RULES: Final = "_folder.yaml"
FIELDS: Final = (
    "title",
    "document_type",
    "secrecy",
    "secrecy_provision",
    "owner_unit",
    "shared",
    "valid_from",
    "valid_to",
    "uri",
)


@dataclass(frozen=True)
class DocumentFile:
    """A file to hand in, with the metadata its folder gives it."""

    path: Path
    # Identity within the collection: the path below the folder that was named, or the file's name.
    uri: str
    metadata: dict[str, str]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rules(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Defaults of a folder and overrides by file name.

    Raises:
        InvalidInput: `folder.rules_invalid`, naming the file and what is wrong with it.
    """
    path = folder / RULES
    if not path.exists():
        return {}, {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        files = content.pop("files", None) or {}
        defaults = {key: _text(value) for key, value in content.items()}
        overrides = {name: {key: _text(value) for key, value in each.items()} for name, each in files.items()}
    except (yaml.YAMLError, AttributeError, UnicodeDecodeError) as error:
        raise InvalidInput("folder.rules_invalid", f"{path} går inte att läsa som YAML-regler.") from error
    for key in {key for each in (defaults, *overrides.values()) for key in each}:
        if key not in FIELDS:
            text = f"{path}: okänt fält {key}. Tillåtna fält är {', '.join(FIELDS)}."
            raise InvalidInput("folder.rules_invalid", text)
    return defaults, overrides


def _in_folder(folder: Path) -> Iterator[DocumentFile]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            defaults, overrides = _rules(path.parent)
            metadata = defaults | overrides.get(path.name, {})
            uri = metadata.pop("uri", path.relative_to(folder).as_posix())
            yield DocumentFile(path, uri, metadata)


def documents(paths: Sequence[Path]) -> list[DocumentFile]:
    """Every document that these files and folders hold; hidden files and those that begin with `_` are left out.

    Raises:
        InvalidInput: `path.not_found`, `folder.rules_invalid`.
    """
    found: list[DocumentFile] = []
    for path in paths:
        if path.is_dir():
            found += _in_folder(path)
        elif path.is_file():
            defaults, overrides = _rules(path.parent)
            metadata = defaults | overrides.get(path.name, {})
            found.append(DocumentFile(path, metadata.pop("uri", path.name), metadata))
        else:
            raise InvalidInput("path.not_found", f"Det finns ingen fil eller mapp {path}.")
    return found
