"""The originals, and the text that was read from them, in the object store."""

from __future__ import annotations

from allmanning.runtime.bus import Bus
from allmanning.runtime.objects import Objects


class Originals:
    """The bucket `originals`: a file under its SHA-256, a version's extracted text under `<version>.txt`."""

    def __init__(self, bus: Bus) -> None:
        self._objects = Objects(bus, "originals")

    async def file(self, sha256: str) -> bytes:
        """The file. Raises `NotFound`: `object.not_found`, or `Unavailable`: `objects.unavailable`."""
        return await self._objects.get(sha256)

    async def keep_text(self, version: str, text: str) -> None:
        """Keep what was read, which passages' locations count the characters of. Raises `Unavailable`."""
        await self._objects.put(f"{version}.txt", text.encode())
