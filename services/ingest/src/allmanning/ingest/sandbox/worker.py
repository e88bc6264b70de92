"""The processes that read files: `python -m allmanning.ingest.sandbox.worker`, started by `template.Template`.

A template loads the readers once and never sees a document. For each file it forks a child, which confines itself to
that file, reads it, answers, and ends: nothing of one document is left for the next.

On its standard input, a socket, comes a byte with two more sockets for each file. Over the first the child is asked and
answers (`wire`); the template does not read it. Over the second the template says how the child ended; when the service
shuts it, the child is killed.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import BinaryIO, Final

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.ingest.read import length, reader
from allmanning.ingest.read.document import Box
from allmanning.ingest.read.original import Drawing, Original
from allmanning.ingest.sandbox import wire
from allmanning.ingest.sandbox.confine import Quota, allow_page, confine_child, confine_template, die_with
from allmanning.runtime.errors import PlatformError

READY: Final = b"r"
# Status as of waitpid, most resident memory in KB, and processor time in ms.
ENDING: Final = struct.Struct("=iQQ")
_CHANNEL: Final = 3


def main() -> None:
    reader.preload()
    confine_template()
    # What is loaded now is shared with every child until somebody writes to it, as a collection would.
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=0) as control:
        # Parsers complain with words from the file, which do not belong in a log.
        os.dup2(1, 2)
        # Not `send`: that is a call of the network, which is gone.
        os.write(control.fileno(), READY)
        _Template(control, Quota(*map(int, sys.argv[1:]))).serve()


class _Template:
    def __init__(self, control: socket.socket, quota: Quota) -> None:
        self._control = control
        self._quota = quota
        self._children: dict[int, int] = {}
        self._outcomes: dict[int, int] = {}
        self._poll = select.poll()

    def serve(self) -> None:
        """Until the service closes the socket."""
        woken, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._poll.register(self._control, select.POLLIN)
        self._poll.register(woken, select.POLLIN)
        while True:
            for ready, _ in self._poll.poll():
                if ready == woken:
                    with contextlib.suppress(BlockingIOError):
                        os.read(woken, 4096)
                elif ready in self._outcomes:
                    self._poll.unregister(ready)
                    _kill(self._outcomes[ready])
                elif not self._accept():
                    for child in self._children:
                        _kill(child)
                    return
            self._reap()

    def _accept(self) -> bool:
        asked, descriptors, _, _ = socket.recv_fds(self._control, 1, 2)
        if not asked:
            return False
        channel, outcome = descriptors
        template = os.getpid()
        child = os.fork()
        if not child:
            _read_one(channel, self._quota, template)
        os.close(channel)
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        self._children[child] = outcome
        self._outcomes[outcome] = child
        self._poll.register(outcome, select.POLLIN)
        return True

    def _reap(self) -> None:
        while self._children:
            child, status, used = os.wait4(-1, os.WNOHANG)
            if not child:
                return
            outcome = self._children.pop(child)
            del self._outcomes[outcome]
            with contextlib.suppress(KeyError):
                self._poll.unregister(outcome)
            milliseconds = round((used.ru_utime + used.ru_stime) * 1000)
            with contextlib.suppress(OSError):
                os.write(outcome, ENDING.pack(status, used.ru_maxrss, milliseconds))
            os.close(outcome)


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _read_one(channel: int, quota: Quota, template: int) -> None:
    """The life of a child. Does not return."""
    failed = 1
    try:
        die_with(template)
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(channel, _CHANNEL)
        # Nothing of the template's, nor of a sibling's.
        os.closerange(_CHANNEL + 1, os.sysconf("SC_OPEN_MAX"))
        with open(_CHANNEL, "r+b", buffering=0) as pipe:  # noqa: PTH123 - a descriptor
            original = _original(pipe, quota)
            writable = original.workspace if original.workspace != Path() else None
            _feel_at_home(writable)
            confine_child(quota, original.path, writable)
            _say(pipe, _answer(original))
        failed = 0
    finally:
        os._exit(failed)


def _feel_at_home(workspace: Path | None) -> None:
    """Libraries put temporary files and caches where they may."""
    if workspace:
        os.environ["TMPDIR"] = os.environ["HOME"] = str(workspace)
        os.chdir(workspace)


def _answer(original: Original) -> bytes:
    try:
        answer = wire.answer_of(reader.read(original))
    except PlatformError as error:
        return wire.refusal_of(error)
    except MemoryError:
        return wire.refusal_of(reader.out_of_memory())
    return answer if len(answer) <= wire.LARGEST_ANSWER else wire.refusal_of(length.too_long())


def _original(pipe: BinaryIO, quota: Quota) -> Original:
    (size,) = wire.LENGTH.unpack(_exactly(pipe, wire.LENGTH.size))
    fields = json.loads(_exactly(pipe, size))

    def told(done: int, total: int) -> None:
        allow_page(quota)
        _say(pipe, wire.progress_frame(done, total))

    return Original(
        path=Path(fields["path"]),
        filename=fields["filename"],
        media_type=fields["media_type"],
        default_secrecy=Secrecy(fields["default_secrecy"]),
        workspace=Path(fields["workspace"]),
        by_unstructured=bool(fields["by_unstructured"]),
        drawing=_drawing(fields["drawing"]),
        told=told,
    )


def _drawing(asked: tuple[int, list[list[float]]] | None) -> Drawing | None:
    if asked is None:
        return None
    page, marks = asked
    boxes = (
        Box(int(at), left, top, right, bottom, int(start), int(end))
        for at, left, top, right, bottom, start, end in marks
    )
    return Drawing(page, tuple(boxes))


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = pipe.read(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data


def _say(pipe: BinaryIO, body: bytes) -> None:
    left = memoryview(wire.framed(body))
    while left:
        left = left[pipe.write(left) :]


if __name__ == "__main__":
    main()
