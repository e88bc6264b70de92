"""The originals, and the text that was read from them, in the object store."""

from __future__ import annotations

import asyncio
import hashlib
import json
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from allmanning.ingest.desks import Desks
from allmanning.ingest.read.document import Box
from allmanning.ingest.read.media_type import needs_whole
from allmanning.runtime.bus import Bus
from allmanning.runtime.errors import InvalidInput, NotFound
from allmanning.runtime.objects import Objects


@dataclass(frozen=True)
class Desk:
    """Where a file lies while it is read, and the empty folder beside it that its reader may write in."""

    original: Path
    workspace: Path


class Originals:
    """The bucket `originals`: a file under its SHA-256, a version's extracted text under `<version>.txt`, and
    where its lines stand on their pages under `<version>.places`.
    """

    def __init__(self, bus: Bus, folder: Path) -> None:
        """`folder`: where files lie while they are read."""
        self.objects = Objects(bus, "originals")
        self.desks = Desks(folder)

    async def check(self, sha256: str) -> int:
        """Size in bytes of the file that lies under `sha256`.

        Raises:
            NotFound: `object.not_found`.
            InvalidInput: `object.invalid`, when it is another file than its name says.
            Unavailable: `objects.unavailable`.
        """
        described = await self.objects.describe(sha256)
        if described.sha256 != sha256:
            raise InvalidInput("object.invalid", "Originalet stämmer inte med sin SHA-256. Ladda upp det igen.")
        return described.size_bytes

    @asynccontextmanager
    async def on_disk(self, sha256: str) -> AsyncIterator[Desk]:
        """The file in a folder of its own, which is removed afterwards.

        Raises:
            NotFound: `object.not_found`.
            Unavailable: `objects.unavailable`.
        """
        with self.desks.desk() as folder:
            desk = Desk(folder / "original", folder / "workspace")
            desk.workspace.mkdir()
            with desk.original.open("wb") as file:
                await self.objects.copy(sha256, file)
            yield desk

    @asynccontextmanager
    async def sample(self, sha256: str) -> AsyncIterator[Path]:
        """A file to tell its kind from: its first 128 KB or, where that does not do, all of it. Raises as `on_disk`."""
        with self.desks.desk() as folder:
            path = folder / "sample"
            pieces = self.objects.read(sha256)
            start = await anext(pieces, b"")
            await pieces.aclose()
            if needs_whole(start):
                with path.open("wb") as file:
                    await self.objects.copy(sha256, file)
            else:
                path.write_bytes(start)
            yield path

    async def forget(self, sha256: str) -> None:
        """Remove a file that nobody should open. Raises `Unavailable`."""
        await self.objects.delete(sha256)

    async def keep_file(self, path: Path) -> str:
        """Keep the file at `path` as an original; its SHA-256. Raises `Unavailable`."""
        with path.open("rb") as file:
            name = (await asyncio.to_thread(hashlib.file_digest, file, "sha256")).hexdigest()
            if not await self.objects.exists(name):
                file.seek(0)
                await self.objects.put(name, file)
        return name

    async def keep_text(self, version: str, text: str) -> None:
        """Keep what was read, which passages' locations count the characters of. Raises `Unavailable`."""
        await self.objects.put(f"{version}.txt", text.encode())

    async def keep_places(self, version: str, boxes: Sequence[Box]) -> None:
        """Keep where each line of the text stands on its page. Raises `Unavailable`."""
        if boxes:
            written = json.dumps([astuple(box) for box in boxes]).encode()
            await self.objects.put(f"{version}.places", zlib.compress(written))

    async def places(self, version: str) -> list[Box]:
        """The lines' places in the order of the text; none for a format without pages. Raises `Unavailable`."""
        try:
            kept = await self.objects.get(f"{version}.places")
        except NotFound:
            return []
        return [Box(*values) for values in json.loads(zlib.decompress(kept))]
