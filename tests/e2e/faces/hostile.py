"""What hostile people write where a text can be written."""

from __future__ import annotations

from typing import Final

# Scripts, breakers of attributes and elements, templates' words; in front of it, what breaks a start tag.
ATTACK: Final = (
    "\"'><script>window.taken=1</script><img src=x onerror=window.taken=1><svg/onload=window.taken=1>"
    "{{7331*7331}}${7331*7331}</title></textarea><style>*{display:none}</style>"
)
# What a template that took the text for its own would make of it.
WORKED_OUT: Final = "53743561"
# The order of what follows turns round, unless its element keeps it in.
TURNED: Final = "\u202enoitacilppa"
LONG_WORD: Final = "handläggningstidsstatistik" * 400
FILE_NAME: Final = "..%2f<img src=x onerror=window.taken=1>\"';.md"


def hostile(most_chars: int = 10_000, mark: str = "", turned: str = TURNED) -> str:
    """The attack, and then a word that never ends, as long as the field takes."""
    return f"{mark}{ATTACK}{turned} {LONG_WORD}"[:most_chars]
