"""Payment cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal.check_digits import luhn
from allmanning.index.personal.found import CARD, Found

# The first digits that are given out; four years in a row are no card.
_CARD: Final = re.compile(r"(?<![\w.+-])(?:[3-6]\d|2[2-7])\d\d([ -]?)\d{4}\1\d{4}\1\d{4}(?![\d-])")


def cards(text: str) -> Iterator[Found]:
    """A number with right check digits tells of itself."""
    for match in _CARD.finditer(text):
        if luhn(re.sub(r"\D", "", match[0])):
            yield Found(CARD, match.start(), match.end())
