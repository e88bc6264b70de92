"""Words written so that a person reads one thing and a program another, or neither can read them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from allmanning.index.injection.disguise import encoded

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_CIPHER: Final = re.compile(
    r"(?<![\w/+=])(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{24,}={0,2}"
)
_SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL")


def disguised(text: str) -> bool:
    """A word mixes the letters of two scripts, or something is encoded."""
    return (
        any(_mixed(match.group()) for match in _WORD.finditer(text))
        or bool(_CIPHER.search(text))
        or any(True for _ in encoded(text))
    )


def _mixed(word: str) -> bool:
    if word.isascii():
        return False
    scripts = {script for letter in word for script in [_script(letter)] if script}
    return len(scripts) > 1 or bool(scripts & {"FULLWIDTH", "MATHEMATICAL"})


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return next((script for script in _SCRIPTS if name.startswith(script)), "")
