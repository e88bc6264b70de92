"""How fast documents become searchable, how much of them is read, and what it takes: `make bench-ingest`.

Each part runs alone too. Machines are noisy: read the ratios, and the medians of several runs.
"""

from __future__ import annotations

import sys

from tests.benchmark.ingest import large_files, long_document, throughput
from tests.evaluation.ingest import docling, documents


def main() -> int:
    sys.argv = sys.argv[:1]
    for title, part in (
        ("documents per second", throughput.main),
        ("a long document", long_document.main),
        ("large files", large_files.main),
        ("words recovered in order, per format", docling.main),
        ("titles, headings and pages of real documents", documents.main),
    ):
        print(f"\n# {title}", flush=True)
        part()
    return 0


if __name__ == "__main__":
    sys.exit(main())
