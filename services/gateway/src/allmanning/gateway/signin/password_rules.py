"""Which passwords are taken: long ones that nobody guesses early.

NIST SP 800-63B-4 (2025) 3.1.1.2: a least length, no rules for which characters, no expiry, and a comparison with what
is commonly used and expected, such as the service's name. How early a guesser comes to it is worked out by zxcvbn
(Wheeler, USENIX Security 2016): 10^10 guesses or more are asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from allmanning.runtime.errors import InvalidInput

LEAST_CHARS: Final = 12
MOST_CHARS: Final = 200
_LEAST_SCORE: Final = 4
# zxcvbn works out no longer ones; if the beginning holds, the whole does.
_WORKED_OUT_CHARS: Final = 72
# What guessers of Swedish passwords begin with, which zxcvbn's English lists lack.
# fmt: off
_SWEDISH: Final = [
    "lösenord", "losenord", "hemligt", "hemlig", "inlogg", "inloggning", "kommun", "kommunen", "region", "regionen",
    "myndighet", "sverige", "stockholm", "göteborg", "malmö", "sommar", "vinter", "höst", "vår", "januari",
    "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december",
    "måndag", "tisdag", "onsdag", "torsdag", "fredag", "välkommen", "valkommen", "älskar", "hejhej", "hejsan",
    "fotboll", "allmänning", "allmanning", "handläggare", "administratör",
]
# fmt: on


def normalised(password: str) -> str:
    """One form of the same letters, however a keyboard composed them (NFKC, as 800-63B asks)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, known: Iterable[str]) -> None:
    """That this may be a password; `known` is what a guesser knows of its owner: the authority's name, their own.

    Raises:
        InvalidInput: `password.short`, `password.long`, `password.guessable`.
    """
    written = normalised(password)
    if len(written) < LEAST_CHARS:
        raise InvalidInput(
            "password.short", f"Lösenordet ska ha minst {LEAST_CHARS} tecken. Några ord efter varandra går bra."
        )
    if len(written) > MOST_CHARS:
        raise InvalidInput("password.long", f"Lösenordet får ha högst {MOST_CHARS} tecken.")
    # Its lists take 11 MB, and hours go by between two new passwords.
    from zxcvbn import zxcvbn

    words = {word.casefold() for each in known for word in (each, *re.split(r"\W+", each)) if len(word) > 2}
    worked_out = zxcvbn(written[:_WORKED_OUT_CHARS], user_inputs=[*sorted(words), *_SWEDISH])
    if int(worked_out["score"]) < _LEAST_SCORE:
        raise InvalidInput(
            "password.guessable",
            "Lösenordet är lätt att gissa. Välj något utan namn, årstider och mönster, till exempel fyra ord på måfå.",
        )
