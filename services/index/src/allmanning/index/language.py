"""Which language a message is in: by script, then by its small words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+")
# Finnish writes a long vowel twice, Swedish hardly ever.
_LONG_VOWEL = re.compile(r"aa|ii|uu|yy|ää|öö")

_SMALL_WORDS = {
    "sv": "och att det i en som på är av för den till med inte om ett jag har vi ni kan vad hur när var vem får ska"
    " eller från mitt min mina du vilka vilken vilket varför behöver finns gäller måste hej tack vid efter de"
    " ar pa for nar far fran behover galler maste",
    "en": "the and to of in is you that it for on are with as i my be this have from or do does can what how when where"
    " who why need get if an a there please hello",
    "no": "og ikke jeg hva hvordan når hvor hvem får må eller fra mitt kan det er på av for en et å som med til har",
    "da": "og ikke jeg hvad hvordan hvornår hvor hvem får må eller fra mit kan det er på af for en et at som med til",
    "fi": "ja on ei se että en miten missä milloin mitä mikä kuka voin voiko saanko tarvitsen minun olen kun tai jos"
    " kuinka paljonko montako mihin onko kauan usein saa saan olla voi pitää ilman maksaa minulla tämä tänä",
    "de": "und der die das ist nicht ich zu ein eine wie was wann wo wer kann mit für auf mein ich muss habe bei sie"
    " kostet kosten aus einem von im am wird pro",
    "fr": "le la les et est je ne pas que de des un une comment quand où qui quoi pour avec mon ma puis dois dans",
    "es": "el la los y es que de no un una cómo cuándo dónde quién qué para con mi puedo debo en por",
    "pl": "i w nie na się jest to że z do jak gdzie kiedy czy mogę mam dla kto co",
    "so": "waa iyo ma ka ku oo in waxaan sidee goorma xagee maxaa aan leh waxa",
    "tr": "ve bir bu ne nasıl nerede zaman için mi ben var miyim mı değil ile",
    "bs": "i je da se na u za ne kako gdje kada mogu li što šta sam imam",
}
_SETS = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_SCRIPTS = {
    "ARABIC": "ar",
    "CYRILLIC": "uk",
    "HEBREW": "he",
    "GREEK": "el",
    "ETHIOPIC": "ti",
    "CJK": "zh",
    "THAI": "th",
}
_PERSIAN = frozenset("پچژگک")
_RUSSIAN = frozenset("ыэъё")


def detect(text: str) -> str:
    """ISO 639-1 code; "sv" when the words do not tell."""
    if script := _script(text):
        return script
    words = Counter(_WORD.findall(text.lower()))
    scores = {language: sum(words[word] for word in small) for language, small in _SETS.items()}
    scores["fi"] += sum(1 for word in words if _LONG_VOWEL.search(word))
    if "å" in text.lower():
        scores["sv"] += 1
    best = max(scores, key=lambda language: (scores[language], language == "sv"))
    return best if scores[best] > 0 else "sv"


def _script(text: str) -> str:
    letters = [letter for letter in text if letter.isalpha() and not letter.isascii()]
    if not letters:
        return ""
    counts: Counter[str] = Counter()
    for letter, times in Counter(letters).items():
        counts[unicodedata.name(letter, "").partition(" ")[0]] += times
    enough = sum(map(str.isalpha, text)) / 3
    for script, language in _SCRIPTS.items():
        if counts[script] > enough:
            if language == "ar" and _PERSIAN & set(text):
                return "fa"
            return "ru" if language == "uk" and _RUSSIAN & set(text.lower()) else language
    return ""
