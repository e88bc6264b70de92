"""What the states of a document, the work on it and what was noticed in it are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATES: Final[Mapping[str, str]] = {
    "received": "Väntar",
    "indexed": "Går att söka",
    "scheduled": "Börjar gälla senare",
    "held": "Hålls kvar",
    "needs_ocr": "Behöver textigenkänning",
    "rejected": "Avvisat",
    "failed": "Misslyckades",
    "cancelled": "Avbrutet",
    "expanded": "Uppackat",
    "retired": "Borttaget",
}
# After a figure.
COUNTED: Final[Mapping[str, str]] = {
    "indexed": "går att söka",
    "scheduled": "börjar gälla senare",
    "held": "hålls kvar",
    "needs_ocr": "behöver textigenkänning",
    "rejected": "avvisade",
    "failed": "misslyckade",
    "cancelled": "avbrutna",
    "expanded": "uppackade",
    "retired": "borttagna",
}
MEANINGS: Final[Mapping[str, str]] = {
    "received": "Dokumentet är mottaget och sparat. Det läses när det är dess tur.",
    "indexed": "Sökningar och svar använder dokumentet.",
    "scheduled": "Versionen är läst. Den ersätter den som gäller nu den dag den börjar gälla.",
    "held": "Dokumentet innehåller personuppgifter som samlingen inte släpper igenom. Ingen hittar det förrän någon"
    " har bestämt.",
    "needs_ocr": "Dokumentet är bilder av text. Det läses när textigenkänning (Tesseract) finns på servern.",
    "rejected": "Filen går inte att läsa in som den är.",
    "failed": "Något utanför dokumentet gick fel, också efter flera försök. Kör det igen när felet är avhjälpt.",
    "cancelled": "Inläsningen avbröts. Kör den igen om det var fel.",
    "expanded": "Filerna i den är dokument för sig, och söks var för sig.",
    "retired": "Ingen hittar dokumentet längre. Beslut som hänvisar till det går fortfarande att granska.",
}
FINDINGS: Final[Mapping[str, str]] = {
    "hidden.style": "Dold text (formatmall)",
    "hidden.colour": "Text i bakgrundens färg",
    "hidden.size": "Text för liten att se",
    "hidden.off_page": "Text utanför sidan",
    "hidden.invisible": "Osynlig text",
    "hidden.characters": "Osynliga tecken",
    "hidden.comment": "Kommentarer i filen",
    "hidden.sheet": "Dolda blad eller bilder",
    "ocr.page": "Sidor lästa med textigenkänning",
    "ocr.missing": "Sidor som är bilder och inte kunde läsas",
    "ocr.quality": "Texten ser feltolkad ut",
    "formula": "Celler som ett kalkylprogram skulle köra",
    "member.refused": "Filer som inte togs emot",
    "secrecy.unknown": "Okänd sekretessklass: läses som sekretess",
    "injection": "Läses som instruktioner till en språkmodell",
    "personal.personnummer": "Personnummer",
    "personal.phone": "Telefonnummer",
    "personal.email": "E-postadresser",
    "personal.address": "Adresser",
    "personal.account": "Kontonummer",
    "personal.card": "Kortnummer",
    "personal.masked": "Övertäckta personuppgifter",
    "personal.protected_name": "Skyddade namn",
    "personal.name": "Personnamn",
}
# In this order they are shown; what needs somebody comes first.
ATTENTION: Final = ("failed", "held", "needs_ocr", "rejected")
# What most documents have and nobody needs to look at: it is in the report alone.
ORDINARY: Final = frozenset(
    {"ocr.page", "hidden.comment", "personal.phone", "personal.email", "personal.address", "personal.name"}
    | {"personal.account"}
)
