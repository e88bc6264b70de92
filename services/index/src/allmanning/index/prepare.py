"""What the first start would otherwise compute: the converted model and the compiled lexicon.

python -m allmanning.index.prepare             both
python -m allmanning.index.prepare lexicon     what ingest, retrieve and generate need beside an index process
"""

from __future__ import annotations

import sys

from allmanning.index.embed.convert import ensure_model
from allmanning.index.lexicon.compile import ensure_lexicon

_MAKE = {"model": lambda: ensure_model().folder, "lexicon": ensure_lexicon}


def main() -> None:
    for name in sys.argv[1:] or _MAKE:
        sys.stdout.write(f"{_MAKE[name]()}\n")


if __name__ == "__main__":
    main()
