"""What the words around a number say that it is."""

from __future__ import annotations

import re
from typing import Final

from allmanning.index.personal.given_names import GIVEN_NAMES

_NEAR: Final = 48
_AFTER: Final = 24
# Only words of a label, no other number and no end of sentence, stand between a label and its number.
_BETWEEN: Final = r"[\s:=(.,#|\"'”’*_–-]{0,8}(?:(?:är|var|är:|is|no|nr|n:o|för|till|på)\b[\s:.|]{0,3}){0,2}$"

_PERSON: Final = re.compile(
    r"(?:person\s?(?:nr|nummer|numret|beteckning|id)|pers\.?\s?nr|p\.?nr|(?:sam)?ordnings\s?(?:nr|nummer|numret)"
    r"|födelse\s?(?:nr|nummer|numret|tid|datum|data)|(?:person|födelse)nummer\w*|samordningsnummer\w*|född\w?|(?<![^\W_])(?:f\.|ssn)"
    r"|identitetsnummer|(?:personal\s)?(?<![^\W_])(?:identity|identification|id)[\s-](?:number|no|code|nr|nummer)|civic\s(?:number|no)"
    r"|legitimation\w*|id-?handling\w*|social\ssecurity\s(?:number|no))",
    re.IGNORECASE,
)
_PERSON_BEFORE: Final = re.compile(_PERSON.pattern + _BETWEEN, re.IGNORECASE)
# Words that a number of a thing stands after, and those after which it does when they speak of a number.
_THING: Final = (
    r"dnr|diarie\w*|d\.nr|ref\w*|ocr\w*|faktura\w*|bankgiro\w*|bg|plusgiro\w*|postgiro\w*|pg|konto\w*|clearing\w*"
    r"|isbn|issn|doi|ean|gln|gtin|tel\w*|tfn|mobil\w*|fax\w*|version\w*|moms\w*|vat|lot|batch|uuid|case|invoice|kolli\w*"
    r"|skyddsobjekt|objekts?id"
)
_NUMBERED: Final = (
    r"ärende\w*|mål|beslut\w*|handling\w*|akt\w{0,8}|kund\w*|avtal\w*|kontrakt\w*|order\w*|beställning\w*|artikel\w*|art\."
    r"|serie\w*|projekt\w*|ansöknings?\w*|anmälnings?\w*|registrerings\w*|reg\.|meddelande\w*|bild\w*|fil\w*|fastighet\w*"
    r"|objekt\w*|anläggnings\w*|mätar\w*|inventarie\w*|medlems\w*|protokoll\w*"
)
_REFERENCE_BEFORE: Final = re.compile(
    rf"(?<![^\W_])(?:(?:{_THING})(?:[\s-]?(?:nr|nummer|numret|no|id|beteckning|kod))?"
    rf"|(?:{_NUMBERED})[\s-]?(?:(?<=nr)|(?<=nummer)|(?<=numret)|(?<=id)|nr|nummer|numret|no|id|beteckning|kod))"
    + _BETWEEN,
    re.IGNORECASE,
)
_PERSON_AFTER: Final = re.compile(
    r"^[\s(,/–-]{1,4}" + _PERSON.pattern + r"|^\s(?:är|is)\s(?:mitt|hans|hennes|my|his|her)\b", re.IGNORECASE
)
_PHONE_BEFORE: Final = re.compile(
    r"(?<![^\W_])(?:tel\w*|tfn|mob\w*|fax\w*|ring\w*|nå(?:s|r)?|sms\w*|phone|växel\w*|direkt\w*|telefonnummer|call"
    r"|(?:mitt|hans|hennes|ditt|vårt) nummer)" + _BETWEEN,
    re.IGNORECASE,
)
_ACCOUNT_BEFORE: Final = re.compile(r"(?<![^\W_])\w{0,12}(?:konto|clearing)\w*" + _BETWEEN, re.IGNORECASE)
# Who letters are about.
_SOMEBODY: Final = re.compile(
    r"(?<![^\W_])(?:patient|sökande|klagande|brukare|elev|barnet|barnets|make|makan?|hustru|dotter|son|modern|fadern|mamma|pappa"
    r"|vårdnadshavare|huvudman|hyresgäst|anhörig|kvinna|mannen|personen|intagne|misstänkt)(?:en|n|ens|ns|e|s|t)?(?![^\W_])"
    r"|(?<![^\W_])(?:han|hon|hen|jag|mitt)(?![^\W_])",
    re.IGNORECASE,
)
_PAIR: Final = r"[A-ZÅÄÖÉÜ][\w’'-]{1,24} [A-ZÅÄÖÉÜ][\w’'-]{1,24}"
_PAIR_BEFORE: Final = re.compile(rf"{_PAIR}[ (,:]{{1,3}}$")
_PAIR_AFTER: Final = re.compile(rf"^[ ),:]{{1,3}}{_PAIR}")
_CAPITALISED: Final = re.compile(r"(?<![^\W_])[A-ZÅÄÖ][a-zåäöéü]+")


class Surroundings:
    """The text before and after a number. Each look costs the same, however long the text."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._before = text[max(0, start - _NEAR) : start]
        self._after = text[end : end + _AFTER]

    def person(self) -> bool:
        """A label says that it is an identity number."""
        return bool(_PERSON_BEFORE.search(self._before) or _PERSON_AFTER.search(self._after))

    def person_near(self) -> bool:
        """A label stands near, perhaps with something between."""
        return bool(_PERSON.search(self._before) or self.person())

    def named(self) -> bool:
        """Somebody, or a name, stands near."""
        if _SOMEBODY.search(self._before) or _PAIR_BEFORE.search(self._before) or _PAIR_AFTER.search(self._after):
            return True
        return not GIVEN_NAMES.isdisjoint(_CAPITALISED.findall(f"{self._before} {self._after}"))

    def reference(self) -> bool:
        """A label says that it is the number of something else."""
        return bool(_REFERENCE_BEFORE.search(self._before)) and not _PERSON_BEFORE.search(self._before)

    def phone(self) -> bool:
        return bool(_PHONE_BEFORE.search(self._before))

    def account(self) -> bool:
        return bool(_ACCOUNT_BEFORE.search(self._before))
