"""What passes between the service and the process that reads a file.

First a frame of JSON that says where the file is; then frames that say how far its reader has come; last one with the
extract or an error. A frame is its length in four bytes, big-endian, and that many bytes.
JSON and not pickle: what comes out of a process that read a hostile file is not to be trusted.
"""

from __future__ import annotations

import json
import struct
from dataclasses import astuple
from pathlib import Path
from typing import Final

from allmanning.ingest.read.document import Block, Box, Extract, Kind, Member
from allmanning.ingest.read.finding import Finding
from allmanning.ingest.read.original import Original
from allmanning.runtime.errors import PlatformError, error_of

LENGTH: Final = struct.Struct(">I")
LARGEST_ANSWER: Final = 256 * 1024 * 1024
_PROGRESS: Final = b'{"progress": ['


def framed(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body


def request_of(original: Original) -> bytes:
    """What the reading process is told of a file."""
    fields = {
        "path": str(original.path),
        "filename": original.filename,
        "media_type": original.media_type,
        "default_secrecy": int(original.default_secrecy),
        "workspace": str(original.workspace),
        "by_unstructured": original.by_unstructured,
        "drawing": astuple(original.drawing) if original.drawing else None,
    }
    return json.dumps(fields).encode()


def answer_of(extract: Extract) -> bytes:
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


def refusal_of(error: PlatformError) -> bytes:
    return json.dumps({"error": [error.status, error.code, error.message]}).encode()


def progress_frame(done: int, total: int) -> bytes:
    return b"%s%d, %d]}" % (_PROGRESS, done, total)


def progress_of(answer: bytes) -> tuple[int, int] | None:
    """Pages read, and of how many; None for an answer that is the last one. Raises `ValueError`."""
    if not answer.startswith(_PROGRESS):
        return None
    done, total = json.loads(answer)["progress"]
    return int(done), int(total)


def extract_of(answer: bytes, workspace: Path) -> Extract:
    """The extract in an answer. Its members lie below `workspace`.

    Raises:
        PlatformError: the error in it.
        ValueError: it is no answer.
    """
    try:
        body = json.loads(answer)
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
            members=tuple(_member(str(name), Path(path), workspace) for name, path, _ in body["members"]),
            boxes=tuple(
                Box(int(page), float(left), float(top), float(right), float(bottom), int(start), int(end))
                for page, left, top, right, bottom, start, end in body["boxes"]
            ),
            pages=int(body["pages"]),
            ocr_quality=float(body["ocr_quality"]),
        )
    except (KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise ValueError("not an answer of a reading process") from error


def _member(name: str, path: Path, workspace: Path) -> Member:
    """The service will open what a member's path names: only a file that was put into the workspace."""
    if path.is_symlink() or not path.resolve().is_relative_to(workspace.resolve()) or not path.is_file():
        raise ValueError("a member outside the workspace")
    return Member(name, path, path.stat().st_size)
