"""A folder that is watched: what is put there becomes searchable, what is taken away is retired."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Final

from allmanning.contracts.ingest.v1.ingest_pb import Source as SourceMessage
from allmanning.ingest.sources import options
from allmanning.ingest.sources.folder_rules import FolderRules, is_document
from allmanning.ingest.sources.protocol import Fetched, Item, ItemFailed, ItemGone, SourceUnreachable, Surroundings
from allmanning.runtime.errors import InvalidInput

_PIECE: Final = 1024 * 1024
# How often a file that grows is looked at again before the run goes on without it.
_LOOKS: Final = 3
_AT_A_TIME: Final = 500


class FolderSource:
    """Files below a folder of this machine, such as a mounted share.

    A symbolic link that leads out of the folder is not followed.
    """

    kind: ClassVar[str] = "folder"
    options: ClassVar[Mapping[str, str]] = {
        "recursive": "Även undermappar (true).",
        "include": "Mönster för sökvägar som tas med, till exempel *.pdf.",
        "exclude": "Mönster för sökvägar som lämnas.",
        "settle_s": "En fil som ändrats för mindre än så många sekunder sedan väntar (5).",
    }

    def __init__(self, source: SourceMessage, surroundings: Surroundings) -> None:
        """Raises `InvalidInput`: `source.location_invalid`, `source.folder_not_allowed`, `source.option_invalid`."""
        given = Path(source.location)
        if not given.is_absolute():
            raise InvalidInput("source.location_invalid", "Ange mappens hela sökväg, från /. (Use an absolute path.)")
        # Where the links lead is what must be allowed.
        self._root = given.resolve()
        if not any(self._root.is_relative_to(each.resolve()) for each in surroundings.folders):
            raise InvalidInput(
                "source.folder_not_allowed",
                f"Mappen {given} får inte bevakas. Den som driver plattformen tillåter mappar med "
                "ALLMANNING_SOURCE_FOLDERS. (This folder is not among those the operator allows.)",
            )
        self._recursive = options.flag(source.options, "recursive", default=True)
        self._include = options.words(source.options, "include")
        self._exclude = options.words(source.options, "exclude")
        self._settle_s = options.seconds(source.options, "settle_s", 5.0, most=3600.0)
        self._largest = surroundings.largest_bytes
        self._rules = FolderRules()
        self._unreadable: list[OSError] = []

    async def items(self) -> AsyncIterator[Item]:
        files = self._files()
        while some := await asyncio.to_thread(self._some, files):
            for item in some:
                yield item
        if self._unreadable:
            where = self._unreadable[0]
            raise SourceUnreachable(
                "source.unreachable", f"{where.filename} går inte att läsa: {where.strerror}. Inget har tagits bort."
            )

    async def fetch(self, item: Item, known: str, into: Path) -> Fetched | None:  # noqa: ARG002 - the list tells
        path = self._root / item.place
        for _ in range(_LOOKS):
            fingerprint = await asyncio.to_thread(self._copied, path, into)
            if fingerprint:
                return Fetched(fingerprint)
            await asyncio.sleep(self._settle_s)
        raise ItemFailed("source.item_changing", "Filen skrivs fortfarande. Den läses vid nästa körning.")

    async def close(self) -> None:
        pass

    def _some(self, files: Iterator[Path]) -> list[Item]:
        found: list[Item] = []
        for path in files:
            try:
                item = self._item(path)
            except OSError:
                # Removed or replaced since it was listed, or a link to nothing.
                continue
            if item:
                found.append(item)
            if len(found) == _AT_A_TIME:
                break
        return found

    def _files(self) -> Iterator[Path]:
        def note(error: OSError) -> None:
            self._unreadable.append(error)

        for folder, below, names in os.walk(self._root, onerror=note):
            below[:] = sorted(name for name in below if is_document(name)) if self._recursive else []
            yield from (Path(folder, name) for name in sorted(names) if is_document(name))

    def _item(self, path: Path) -> Item | None:
        place = path.relative_to(self._root).as_posix()
        if not options.wanted(place, self._include, self._exclude):
            return None
        real = path.resolve(strict=True)
        if not real.is_relative_to(self._root) or not real.is_file():
            return None
        # Names that are not Unicode could be stored nowhere.
        uri = os.fsencode(place).decode("utf-8", "replace")
        try:
            metadata = self._rules.of(path)
        except InvalidInput as error:
            return Item(uri, Path(uri).name, place=place, problem=error)
        uri = metadata.pop("uri", uri)
        return Item(uri, Path(place).name, self._fingerprint(real), metadata, place=place)

    @staticmethod
    def _fingerprint(path: Path) -> str:
        stat = path.stat()
        return f"{stat.st_size}:{stat.st_mtime_ns}"

    def _copied(self, path: Path, into: Path) -> str:
        """The fingerprint of what was copied; empty while the file changes."""
        try:
            before = self._fingerprint(path)
            # A time in the future is a clock that goes wrong, not a file that is written.
            if 0 <= time.time() - path.stat().st_mtime < self._settle_s:
                return ""
            with path.open("rb") as file, into.open("wb") as copy:
                while piece := file.read(_PIECE):
                    if copy.tell() + len(piece) > self._largest:
                        limit = self._largest // _PIECE
                        raise ItemFailed("file.too_large", f"Filen är större än {limit} MB.")
                    copy.write(piece)
            return before if self._fingerprint(path) == before else ""
        except FileNotFoundError as error:
            raise ItemGone("source.item_gone", "Filen finns inte längre.") from error
        except OSError as error:
            raise ItemFailed("source.item_unreadable", f"Filen går inte att läsa: {error.strerror}.") from error
