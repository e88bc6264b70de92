"""Documents on disk and what is said about them: files and folders, with the rules that lie beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from allmanning.ingest.sources.folder_rules import FolderRules, is_document
from allmanning.runtime.errors import InvalidInput


@dataclass(frozen=True)
class DocumentFile:
    """A file to hand in, with the metadata its folder gives it."""

    path: Path
    # Identity within the collection: the path below the folder that was named, or the file's name.
    uri: str
    metadata: dict[str, str]


def _in_folder(folder: Path, rules: FolderRules) -> Iterator[DocumentFile]:
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if all(is_document(part) for part in below.parts) and path.is_file():
            metadata = rules.of(path)
            uri = metadata.pop("uri", below.as_posix())
            yield DocumentFile(path, uri, metadata)


def documents(paths: Sequence[Path]) -> list[DocumentFile]:
    """Every document that these files and folders hold; hidden files and those that begin with `_` are left out.

    Raises:
        InvalidInput: `path.not_found`, `folder.rules_invalid`.
    """
    found: list[DocumentFile] = []
    rules = FolderRules()
    for path in paths:
        if path.is_dir():
            found += _in_folder(path, rules)
        elif path.is_file():
            metadata = rules.of(path)
            found.append(DocumentFile(path, metadata.pop("uri", path.name), metadata))
        else:
            raise InvalidInput("path.not_found", f"Det finns ingen fil eller mapp {path}.")
    return found
