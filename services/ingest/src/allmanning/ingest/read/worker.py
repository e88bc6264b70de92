"""The parse worker: `python -m allmanning.ingest.read.worker MEMORY_MB CPU_S`, started and fed by `parse_pool`.

On its standard input comes a frame of JSON (`filename`, `media_type`) and a frame with the file's bytes; it answers
with a frame of JSON, the extract or an error. A frame is its length in four bytes, big-endian, and that many bytes.
JSON and not pickle: what comes out of a process that read a hostile file is not to be trusted either.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import BinaryIO, Final

from allmanning.ingest.read.confine import allow_cpu, confine
from allmanning.ingest.read.document import Block, Extract, Kind, Original
from allmanning.ingest.read.reader import read
from allmanning.runtime.errors import PlatformError, error_of

LENGTH: Final = struct.Struct(">I")


def main() -> None:
    memory_mb, cpu_s = (int(argument) for argument in sys.argv[1:3])
    # Parsers print; what they print must not end up between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    confine(memory_mb)
    while (header := _frame(sys.stdin.buffer)) is not None:
        data = _frame(sys.stdin.buffer)
        if data is None:
            return
        fields = json.loads(header)
        allow_cpu(cpu_s)
        answer = answered(Original(data, fields["filename"], fields["media_type"]))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def answered(original: Original) -> bytes:
    """The answer to one file."""
    try:
        extract = read(original)
    except PlatformError as error:
        return json.dumps({"error": [error.status, error.code, error.message]}).encode()
    blocks = [[block.kind, block.text, block.level, block.page, block.start, block.end] for block in extract.blocks]
    body = {"title": extract.title, "text": extract.text, "blocks": blocks, "metadata": dict(extract.metadata)}
    return json.dumps(body).encode()


def extract_of(answer: bytes) -> Extract:
    """The extract in an answer.

    Raises:
        PlatformError: the error in it.
        ValueError: it is no answer.
    """
    body = json.loads(answer)
    try:
        if "error" in body:
            status, code, message = body["error"]
            raise error_of(int(status), str(code), str(message))
        blocks = tuple(
            Block(Kind(kind), str(text), int(level), int(page), int(start), int(end))
            for kind, text, level, page, start, end in body["blocks"]
        )
        metadata = {str(key): str(value) for key, value in body["metadata"].items()}
        return Extract(str(body["title"]), str(body["text"]), blocks, metadata)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an answer of a parse worker") from error


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


if __name__ == "__main__":
    main()
