"""A reading process with a hole in its reader of text: a file that begins with `#attack` is run as a program.

Its text is what the program assigned to `said`, or the error that stopped it.
"""

from __future__ import annotations

from collections.abc import Callable

from allmanning.ingest.read import reader
from allmanning.ingest.read.document import Block, Extract, Kind, assemble
from allmanning.ingest.read.original import Original
from allmanning.ingest.sandbox import worker

ATTACK = "#attack\n"
_ordinary = reader._reader


def _reader(kind: str) -> Callable[[Original], Extract]:
    ordinary = _ordinary(kind)

    def read(original: Original) -> Extract:
        if not original.data.startswith(ATTACK.encode()):
            return ordinary(original)
        names: dict[str, object] = {"original": original, "said": "done"}
        try:
            exec(compile(original.data, "attack", "exec"), names)
        except OSError as error:
            names["said"] = f"{type(error).__name__} {error.errno}"
        return assemble([Block(Kind.PARAGRAPH, str(names["said"]))])

    return read


if __name__ == "__main__":
    reader._reader = _reader
    worker.main()
