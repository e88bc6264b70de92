"""Letters without the marks that bad OCR, old systems and hurried people lose."""

from __future__ import annotations

import unicodedata

_MARKED = str.maketrans("åäöéèêëáàâãüúùûóòôõøæñç", "aaoeeeeaaaauuuuoooooanc")


def folded(text: str) -> str:
    """NFC, lower case, å ä ö and their like as a and o. Most texts keep their length."""
    return unicodedata.normalize("NFC", text).lower().translate(_MARKED)
