"""The parse worker: `python -m allmanning.ingest.read.worker MEMORY_MB CPU_S`, started and fed by `parse_pool`.

On its standard input comes a frame of JSON that says where a file is. It answers with frames of JSON: any number that
say how far it has come, and last the extract or an error. A frame is its length in four bytes, big-endian, and that
many bytes.
JSON and not pickle: what comes out of a process that read a hostile file is not to be trusted either.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from dataclasses import astuple
from pathlib import Path
from typing import BinaryIO, Final

from allmanning.ingest.read.confine import allow_cpu, confine
from allmanning.ingest.read.document import Block, Box, Extract, Kind, Member
from allmanning.ingest.read.finding import Finding
from allmanning.ingest.read.original import Original
from allmanning.ingest.read.reader import read
from allmanning.runtime.errors import PlatformError, error_of

LENGTH: Final = struct.Struct(">I")
_PROGRESS: Final = b'{"progress": ['


def main() -> None:
    memory_mb, cpu_s = (int(argument) for argument in sys.argv[1:3])
    # Parsers print; what they print must not end up between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    confine(memory_mb)
    while (request := _frame(sys.stdin.buffer)) is not None:
        allow_cpu(cpu_s)
        _say(answers, answered(_original(request, answers, cpu_s)))


def answered(original: Original) -> bytes:
    """The answer to one file."""
    try:
        extract = read(original)
    except PlatformError as error:
        return json.dumps({"error": [error.status, error.code, error.message]}).encode()
    body = {
        "title": extract.title,
        "text": extract.text,
        "blocks": [[each.kind, each.text, each.level, each.page, each.start, each.end] for each in extract.blocks],
        "metadata": dict(extract.metadata),
        "findings": [astuple(finding) for finding in extract.findings],
        "members": [[member.name, str(member.path), member.size_bytes] for member in extract.members],
        "boxes": [astuple(box) for box in extract.boxes],
        "pages": extract.pages,
        "ocr_quality": extract.ocr_quality,
    }
    return json.dumps(body).encode()


def progress_of(answer: bytes) -> tuple[int, int] | None:
    """Pages read, and of how many; None for an answer that is the last one."""
    if not answer.startswith(_PROGRESS):
        return None
    done, total = json.loads(answer)["progress"]
    return int(done), int(total)


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
        return Extract(
            title=str(body["title"]),
            text=str(body["text"]),
            blocks=tuple(
                Block(Kind(kind), str(text), int(level), int(page), int(start), int(end))
                for kind, text, level, page, start, end in body["blocks"]
            ),
            metadata={str(key): str(value) for key, value in body["metadata"].items()},
            findings=tuple(Finding(str(code), *map(int, numbers)) for code, *numbers in body["findings"]),
            members=tuple(Member(str(name), Path(path), int(size)) for name, path, size in body["members"]),
            boxes=tuple(
                Box(int(page), float(left), float(top), float(right), float(bottom), int(start), int(end))
                for page, left, top, right, bottom, start, end in body["boxes"]
            ),
            pages=int(body["pages"]),
            ocr_quality=float(body["ocr_quality"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not an answer of a parse worker") from error


def _original(request: bytes, answers: BinaryIO, cpu_s: int) -> Original:
    fields = json.loads(request)

    def told(done: int, total: int) -> None:
        # The limit is on a page that never ends; OCR of hundreds of pages takes as long as it takes.
        allow_cpu(cpu_s)
        _say(answers, b"%s%d, %d]}" % (_PROGRESS, done, total))

    return Original(
        path=Path(fields["path"]),
        filename=fields["filename"],
        media_type=fields["media_type"],
        workspace=Path(fields["workspace"]),
        told=told,
    )


def _say(answers: BinaryIO, answer: bytes) -> None:
    answers.write(LENGTH.pack(len(answer)) + answer)
    answers.flush()


def _frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


if __name__ == "__main__":
    main()
