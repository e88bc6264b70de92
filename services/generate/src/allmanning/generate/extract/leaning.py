"""Sentences that lean on the one before: "De är juridiska", "Då behöver du …"."""

from __future__ import annotations

import re

# "De största hindren" stands alone, "De är juridiska" does not.
_LEANS_BACK = re.compile(
    r"(?:(?:det|den|de|it|this|that|they|these) (?:är|var|ska|skall|kan|får|har|hade|gäller|innebär|måste|behöver|krävs"
    r"|finns|bör|görs|kostar|tar|beror|betyder|blir|brukar|gör|ger|består|används|ingår|räknas|betalas|avser|omfattar"
    r"|lämnas|sker|kommer|vill|inte|is|are|was|were|can|may|must|has|have|will|does|do|means|applies|costs?)\b"
    r"|(?:då|där|dock|däremot|därför|därefter|annars|även|också|han|hon|detsamma|detta|dessa)\b"
    r"|(?:however|therefore|then|otherwise)\b)",
    re.IGNORECASE,
)


def leans(sentence: str) -> bool:
    """It says little without the sentence before it."""
    return bool(_LEANS_BACK.match(sentence))
