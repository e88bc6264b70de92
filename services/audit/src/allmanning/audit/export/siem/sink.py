"""Where events are pushed: a file, or a syslog receiver over TCP or TLS."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket
import ssl
import struct
import termios
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from allmanning.audit.export.siem.event import Severity, SiemEvent
from allmanning.runtime.errors import InvalidInput, Unavailable

# RFC 5424 6.2.1: facility 13 is log audit; severities 2 critical, 3 error, 4 warning, 5 notice, 6 informational.
_FACILITY: Final = 13
_SEVERITIES: Final = {
    Severity.CRITICAL: 2,
    Severity.HIGH: 3,
    Severity.MEDIUM: 4,
    Severity.LOW: 5,
    Severity.INFORMATIONAL: 6,
}
_MSGID_CHARS: Final = 32
_TIMEOUT_S: Final = 10.0
_ESTABLISHED: Final = 1
_SYSLOG_PORT, _SYSLOG_TLS_PORT = 601, 6514


class Sink(Protocol):
    """Takes events with their lines."""

    async def send(self, events: Sequence[tuple[SiemEvent, str]]) -> None:
        """Returns once they are there, all of them; may be called again with the same.

        Raises:
            Unavailable: `siem.unavailable`.
        """

    async def close(self) -> None: ...


def sink_of(target: str, authorities: Path | None = None) -> Sink:
    """The sink of an address: `file:///path`, `tcp://host:601` or `tls://host:6514`.

    `authorities` is a PEM file of the certificate authorities to trust; without it, the system's.

    Raises:
        InvalidInput: `siem.target`.
    """
    parts = urlsplit(target)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return FileSink(Path(parts.path))
    if parts.scheme in ("tcp", "tls") and parts.hostname and port != -1:
        secure = parts.scheme == "tls"
        context = ssl.create_default_context(cafile=authorities) if secure else None
        return SyslogSink(parts.hostname, port or (_SYSLOG_TLS_PORT if secure else _SYSLOG_PORT), context)
    raise InvalidInput(
        "siem.target", "Ange file:///sökväg, tcp://värd:601 eller tls://värd:6514. (Not an address to push events to.)"
    )


class FileSink:
    """Appends lines to a file, on disk when `send` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, events: Sequence[tuple[SiemEvent, str]]) -> None:
        try:
            await asyncio.to_thread(self._append, "".join(f"{line}\n" for _, line in events).encode())
        except OSError as error:
            raise Unavailable("siem.unavailable", f"Det går inte att skriva {self._path}: {error.strerror}.") from error

    def _append(self, data: bytes) -> None:
        # Only this user may read it.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            self._drop_torn_line(file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def _drop_torn_line(descriptor: int) -> None:
        """A process that was killed while it wrote leaves half a line; its event comes again."""
        end = size = os.fstat(descriptor).st_size
        while end and os.pread(descriptor, 1, end - 1) != b"\n":
            end -= 1
        if end != size:
            os.ftruncate(descriptor, end)

    async def close(self) -> None:
        """Nothing is open between two batches."""


class SyslogSink:
    """Sends each event as a syslog message (RFC 5424), framed by its length (RFC 6587 3.4.1, RFC 5425 4.3).

    Syslog has no receipts. `send` returns when the receiver's system has acknowledged every byte; what that system had
    taken and its program not yet read when it crashed is not sent again.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self._host = host
        self._port = port
        self._context = context
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, events: Sequence[tuple[SiemEvent, str]]) -> None:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                writer = await self._connected()
                writer.write(b"".join(_framed(event, line) for event, line in events))
                await writer.drain()
                await _acknowledged(writer)
        except (OSError, TimeoutError) as error:
            await self.close()
            where = f"{self._host}:{self._port}"
            raise Unavailable("siem.unavailable", f"Mottagaren av händelser på {where} svarar inte.") from error

    async def _connected(self) -> asyncio.StreamWriter:
        if self._writer is not None and not _open(self._writer):
            await self.close()
        if self._writer is None:
            name = self._host if self._context else None
            _, self._writer = await asyncio.open_connection(
                self._host, self._port, ssl=self._context, server_hostname=name
            )
            # `drain` then waits until everything has been handed to the system.
            self._writer.transport.set_write_buffer_limits(0)
        return self._writer

    async def close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()


def _framed(event: SiemEvent, line: str) -> bytes:
    priority = _FACILITY * 8 + _SEVERITIES[event.severity]
    header = f"<{priority}>1 {event.time} {socket.gethostname()} allmanning-audit - {event.kind[:_MSGID_CHARS]} -"
    message = f"{header} {line}".encode()
    return str(len(message)).encode() + b" " + message


def _socket(writer: asyncio.StreamWriter) -> socket.socket:
    found: socket.socket = writer.get_extra_info("socket")
    return found


def _open(writer: asyncio.StreamWriter) -> bool:
    """Whether neither side has closed the connection: a write to one that was closed may still succeed."""
    if writer.is_closing():
        return False
    return _socket(writer).getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED


async def _acknowledged(writer: asyncio.StreamWriter) -> None:
    """Wait until the other system has acknowledged every byte.

    Raises:
        OSError: when the connection broke before it had.
    """
    while True:
        await asyncio.sleep(0)
        unsent = struct.unpack("i", fcntl.ioctl(_socket(writer).fileno(), termios.TIOCOUTQ, b"\0" * 4))[0]
        if not _open(writer):
            raise ConnectionResetError
        if unsent == 0:
            return
        await asyncio.sleep(0.01)
