"""What a reader noticed in a file besides its text: where, and never the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Text that a person who looks at the document does not see. It is left out of the extract.
HIDDEN_STYLE: Final = "hidden.style"
HIDDEN_COLOUR: Final = "hidden.colour"
HIDDEN_SIZE: Final = "hidden.size"
HIDDEN_OFF_PAGE: Final = "hidden.off_page"
HIDDEN_INVISIBLE: Final = "hidden.invisible"
HIDDEN_CHARACTERS: Final = "hidden.characters"
HIDDEN_COMMENT: Final = "hidden.comment"
HIDDEN_SHEET: Final = "hidden.sheet"
# A page read by OCR; one that is a picture and could not be read; OCR text that looks wrong.
OCR_PAGE: Final = "ocr.page"
OCR_MISSING: Final = "ocr.missing"
OCR_QUALITY: Final = "ocr.quality"
# A cell that a spreadsheet program would run.
FORMULA: Final = "formula"
# A part of a container that was not taken in: encrypted, a link, a name that climbs out.
MEMBER_REFUSED: Final = "member.refused"
# What the document says of its secrecy is no class we know: it is read as the strictest.
SECRECY_UNKNOWN: Final = "secrecy.unknown"

# Text that reads as instructions to a language model.
INJECTION: Final = "injection"
# Personal data; the kind follows, such as "personal.personnummer". And how much of it is covered.
PERSONAL: Final = "personal."
PERSONAL_MASKED: Final = "personal.masked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed. `start` and `end` (exclusive) are code points of the extract's text, 0 and 0 for what is left
    out of it; `page` is 1-based, 0 where the format has none; `count` is characters for hidden text, otherwise times.
    """

    code: str
    page: int = 0
    start: int = 0
    end: int = 0
    count: int = 1
