"""A long PDF through the whole service: `python -m tests.benchmark.ingest.long_document [PAGES]`."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from allmanning.index.embed.encoder import DIMENSION
from tests.benchmark.ingest.throughput import WORDS
from tests.benchmark.retrieve.scripted_tei import scripted_tei
from tests.platform_node import Platform
from tests.unit.ingest.files import Words, pdf

PAGES: Final = 1_000
_LINES: Final = 38


def book(pages: int) -> bytes:
    """A page a section: a heading and 38 lines of running text."""
    drawn = random.Random(7)
    return pdf(
        *(
            [
                Words(70, 780, f"Avsnitt {number}", 16, bold=True),
                *(
                    Words(70, 750 - 16 * line, " ".join(drawn.choices(WORDS, k=11)).capitalize())
                    for line in range(_LINES)
                ),
            ]
            for number in range(1, pages + 1)
        )
    )


def seconds(platform: Platform, data: bytes) -> tuple[float, int]:
    """Until it can be searched, and how many passages it has."""
    with platform.http(platform.key("matby", "admin")) as client:
        started = time.perf_counter()
        answer = client.post(
            "/v1/documents", files={"file": ("bok.pdf", data)}, data={"collection": "prov", "secrecy": "open"}
        )
        answer.raise_for_status()
        while True:
            document = client.get(f"/v1/documents/{answer.json()['id']}").json()
            if document["state"] != "received":
                assert document["state"] == "indexed", document
                return time.perf_counter() - started, document["passages"]
            time.sleep(0.2)


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    with scripted_tei("scripted@1", DIMENSION) as url, tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder), environment={"ALLMANNING_TEI_URL": url}).start()
        try:
            took, passages = seconds(platform, book(pages))
        finally:
            platform.stop()
    print(
        f"PDF of {pages} pages: {took:.1f} s until it can be searched, {passages} passages   (target < 60 s of 1,000)"
    )


if __name__ == "__main__":
    main()
