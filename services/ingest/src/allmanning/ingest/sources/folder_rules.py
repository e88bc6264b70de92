"""What is said of documents in a folder beside them: `_folder.yaml`, and `name.pdf.meta.yaml` for one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import yaml

from allmanning.ingest.read.plain.front_matter import KEYS
from allmanning.runtime.errors import InvalidInput

_LARGEST_BYTES: Final = 1024 * 1024
RULES: Final = "_folder.yaml"
SIDECAR: Final = ".meta.yaml"
# What an author may write at the top of a text, and where it is found.
FIELDS: Final = (*KEYS, "uri")


class FolderRules:
    """Reads each folder's rules once."""

    def __init__(self) -> None:
        self._folders: dict[Path, tuple[dict[str, str], dict[str, dict[str, str]]] | InvalidInput] = {}

    def of(self, path: Path) -> dict[str, str]:
        """The fields of the document at `path`: the folder's, then its own there, then those of its sidecar.

        Raises:
            InvalidInput: `folder.rules_invalid`, naming the file and what is wrong with it.
        """
        if path.parent not in self._folders:
            try:
                self._folders[path.parent] = _rules(path.parent)
            except InvalidInput as error:
                self._folders[path.parent] = error
        rules = self._folders[path.parent]
        if isinstance(rules, InvalidInput):
            raise rules
        defaults, overrides = rules
        return defaults | overrides.get(path.name, {}) | _sidecar(path)


def is_document(name: str) -> bool:
    """Whether a file or folder of this name is looked at: hidden ones, those with `_` first and sidecars are not."""
    return not name.startswith((".", "_")) and not name.endswith(SIDECAR)


def _rules(folder: Path) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Defaults of a folder and overrides by file name."""
    path = folder / RULES
    content = _mapping(path)
    files = content.pop("files", None) or {}
    if not isinstance(files, dict):
        raise _unreadable(path)
    return _fields(path, content), {str(name): _fields(path, each) for name, each in files.items()}


def _sidecar(document: Path) -> dict[str, str]:
    path = document.with_name(document.name + SIDECAR)
    return _fields(path, _mapping(path))


def mapping_in(path: Path, largest_bytes: int) -> dict[object, object] | None:
    """What a file of YAML says, names and values; None when it says nothing of the kind.

    Raises:
        OSError: it can't be read.
    """
    try:
        if path.stat().st_size > largest_bytes:
            return None
        # A date that is none is a `ValueError` of its own.
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _mapping(path: Path) -> dict[object, object]:
    try:
        content = mapping_in(path, _LARGEST_BYTES)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _unreadable(path) from error
    if content is None:
        raise _unreadable(path)
    return content


def _fields(path: Path, written: object) -> dict[str, str]:
    if not isinstance(written, dict):
        raise _unreadable(path)
    for key in written:
        if key not in FIELDS:
            text = f"{path}: okänt fält {key}. Tillåtna fält är {', '.join(FIELDS)}."
            raise InvalidInput("folder.rules_invalid", text)
    # Lists within lists can be short in YAML and endless as text.
    if not all(isinstance(value, str | int | float | date | None) for value in written.values()):
        raise _unreadable(path)
    return {key: _text(value) for key, value in written.items()}


def _text(value: str | float | date | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unreadable(path: Path) -> InvalidInput:
    return InvalidInput("folder.rules_invalid", f"{path} går inte att läsa som YAML-regler.")
