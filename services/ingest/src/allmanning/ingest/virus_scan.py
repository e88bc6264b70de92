"""Asks a ClamAV daemon about a file before anything here opens it.

Protocol: clamd(8), INSTREAM. Pieces with their length before them, in four bytes, big-endian; a length of 0 ends it.
"""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from allmanning.runtime.errors import Unavailable, Unprocessable

INFECTED: Final = "file.infected"
_LENGTH: Final = struct.Struct(">I")
_PIECE_BYTES: Final = 64 * 1024
_ANSWER_S: Final = 300.0
_PORT: Final = 3310


class VirusScan:
    """A daemon at `tcp://host:3310` or `unix:/path`; without an address nothing is scanned."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def check(self, path: Path) -> None:
        """Return when the daemon finds nothing in the file.

        Raises:
            Unprocessable: `file.infected`.
            Unavailable: `scanner.unavailable`, also when it refuses to say; the file is not to be read unscanned.
        """
        if not self._url:
            return
        try:
            async with asyncio.timeout(_ANSWER_S):
                said = await self._ask(path)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise _unavailable() from error
        if said.endswith("FOUND"):
            raise Unprocessable(
                INFECTED,
                "Filen innehåller skadlig kod och har tagits bort. Kontrollera datorn den kom från. "
                "(The file contains malicious code and was removed.)",
            )
        if said != "stream: OK":
            raise _unavailable()

    async def _ask(self, path: Path) -> str:
        address = urlsplit(self._url)
        if address.scheme == "unix":
            reader, writer = await asyncio.open_unix_connection(address.path)
        else:
            reader, writer = await asyncio.open_connection(address.hostname, address.port or _PORT)
        try:
            writer.write(b"zINSTREAM\0")
            with path.open("rb") as file:
                while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
                    writer.write(_LENGTH.pack(len(piece)) + piece)
                    await writer.drain()
            writer.write(_LENGTH.pack(0))
            await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")
        finally:
            writer.close()


def _unavailable() -> Unavailable:
    return Unavailable("scanner.unavailable", "Virusskyddet svarar inte. Filen läses när det gör det.")
