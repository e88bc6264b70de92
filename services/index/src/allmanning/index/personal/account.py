"""Bank accounts: IBAN, bankgiro, plusgiro, clearing and account number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from allmanning.index.personal import check_digits
from allmanning.index.personal.found import ACCOUNT, Found
from allmanning.index.personal.surroundings import Surroundings

_IBAN: Final = re.compile(r"(?<![^\W_])[A-Z]{2}\d\d(?:[ \xa0]?[A-Z0-9]{4}){2,7}(?:[ \xa0]?[A-Z0-9]{1,3})?(?![^\W_])")
_GIRO: Final = re.compile(
    r"(?<![^\W_])(?P<kind>bankgiro|bg|plusgiro|postgiro|pg)(?:konto|nummer|nr|numret)?[\s.:=|(–-]{0,5}(?:(?:nr|nummer|är)[\s.:]{0,2})?"
    r"(?P<number>\d{3,4}[-–]\d{4}|\d{1,3}(?:[ ]?\d{2}){0,3}[ ]?[-–][ ]?\d|\d{7,8})(?![\d-])",
    re.IGNORECASE,
)
_ACCOUNT: Final = re.compile(r"(?<![\w.-])\d{4}(?:[-–]\d)?[ ,.\xa0–-]{0,3}\d{1,4}(?:[ .\xa0-]?\d{1,4}){1,4}(?![\d-])")
_SWEDISH_IBAN: Final = 24


def accounts(text: str) -> Iterator[Found]:
    """A number is an account where a label says so; an IBAN tells of itself."""
    for match in _IBAN.finditer(text):
        number = re.sub(r"\s", "", match[0])
        valid = check_digits.iban(number)
        if valid or (number.startswith("SE") and len(number) == _SWEDISH_IBAN and number[2:].isdigit()):
            yield Found(ACCOUNT, match.start(), match.end(), valid)
    for match in _GIRO.finditer(text):
        digits = re.sub(r"\D", "", match["number"])
        yield Found(ACCOUNT, match.start("number"), match.end("number"), check_digits.luhn(digits))
    for match in _ACCOUNT.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if 10 <= len(digits) <= 16 and Surroundings(text, match.start(), match.end()).account():
            yield Found(ACCOUNT, match.start(), match.end())
