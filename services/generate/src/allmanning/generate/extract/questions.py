"""What kind of answer a question asks for, and how well a sentence looks like one.

Both sides are read without å ä ö: askers leave them out, and bad OCR loses them.
"""

from __future__ import annotations

import re
from enum import Enum

from allmanning.generate.extract.terms import terms
from allmanning.index.analyse import stem
from allmanning.index.fold import folded


class Asks(Enum):
    """What the question wants to know."""

    OPEN = "open"
    WHEN = "when"
    HOW_LONG = "how long"
    COST = "cost"
    HOW_MUCH = "how much"
    NUMBER = "number"
    WHO = "who"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    DEFINITION = "definition"
    NEED = "need"
    WHETHER = "whether"
    OTHER = "other"


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile(folded("|".join(alternatives)))


# In this order: the first that matches says what is asked for.
_ASKS: tuple[tuple[Asks, re.Pattern[str]], ...] = (
    (
        Asks.NUMBER,
        _pattern(
            r"\b(vilket|vad är|vad har) .{0,40}(nummer|telefonnummer|numret|mejladress|e-postadress)\w*",
            r"\bvart (ringer|mejlar)\b",
            r"\b(phone|telephone|fax) number\b|\be-?mail address\b",
        ),
    ),
    (Asks.WHERE, _pattern(r"^(var|vart|where)\b(?! (och|den|det|en|ett))")),
    (
        Asks.HOW_LONG,
        _pattern(
            r"\bhur (lång tid|länge|snart|snabbt|fort|ofta|gammal|gamla)\b",
            r"\bhur många (dagar|veckor|månader|år|timmar|minuter)\b",
            r"\bhow (long|often|soon|fast|quickly|old|many (days|weeks|months|years|hours))\b",
        ),
    ),
    (
        Asks.COST,
        _pattern(
            r"\b(vad|hur mycket) .{0,60}\b(kosta|kostar|betala|betalar|betalas|avgiften|priset)\b",
            r"\b(how much|what) .{0,60}\b(cost|costs|pay)\b",
            r"\bvad (blir|är) (avgiften|priset|kostnaden|taxan|hyran)\b|\bhur dyrt?\b",
            r"\b(hur (hög|stor) är (avgiften|hyran|taxan|ersättningen|kostnaden))\b",
            r"\bwhat (is|are) the (fee|price|cost|charge)s?\b",
        ),
    ),
    (
        Asks.HOW_MUCH,
        _pattern(
            r"\bhur (mycket|många|sent?|tidigt?|stort?|stora|högt?|höga|lågt?|långt?|nära|bred|brett|djupt?|tungt?)\b",
            r"\bvad (är det mesta|är det minsta|får man i|får jag i)\b|\b(mesta|högsta|lägsta|minsta)\b",
            r"\bhow (much|many|big|large|high|far|tall|wide)\b",
        ),
    ),
    (
        Asks.OPEN,
        _pattern(
            r"\böppettid\w*|\böppethållande\w*",
            r"\b(när|vilken tid|vilka tider|hur dags|hur länge) .{0,60}\b(öppet|öppen|öppna|öppnar|stänger)\b",
            r"^har .{0,40} öppet\b|\bopening hours\b|\bwhen .{0,40}\b(open|opens|close|closes)\b",
        ),
    ),
    (
        Asks.WHEN,
        _pattern(
            # "Vad ska jag ta med när jag hämtar passet?" asks for no time.
            r"^(?!(vad|vem|vilka|hur|var|vart|vilken|vilket)\b).*\bnär\b",
            r"\b(vilk(en|et|a) (dag|dagar|datum|tid|tider|månad|år|tidpunkt)|hur dags|senast)\b",
            r"\bhar .{0,40} öppet\b|\böppnar\b|\bstänger\b",
            r"\b(what (time|date|day)|when)\b",
        ),
    ),
    (
        Asks.WHO,
        _pattern(
            r"\b(vem|vilka (myndighet|person|organisation|aktör|parti|länder|bolag)\w*)\b",
            r"\b(who|whom|which (authorit|agenc)\w*)\b",
        ),
    ),
    (Asks.WHERE, _pattern(r"\b(var|vart|varifrån|where)\b(?! (och|den|det|en|ett))")),
    (Asks.WHY, _pattern(r"\b(varför|av vilk(en|et) (anledning|skäl)|why)\b")),
    (
        Asks.DEFINITION,
        _pattern(
            r"^(vad (är|menas|menar|avses|betyder|innebär)|what (is|are|does .* mean))\b", r"\bvad (menas|avses) med\b"
        ),
    ),
    (Asks.HOW, _pattern(r"\b(hur|how)\b")),
    (Asks.NEED, _pattern(r"^(och |men )?(måste|behöver|behövs|krävs|kräver)\b|\b(måste|behöver) (jag|man|vi)\b")),
    (
        Asks.WHETHER,
        _pattern(
            r"^(och |men )?(får|kan|måste|behöver|behövs|ska|skall|har|är|finns|gäller|går|krävs|ingår|brukar|bör)\b",
            r"^(can|may|must|do|does|is|are|should|will)\b",
            r"\b(får|kan|måste|behöver) (jag|man|vi)\b",
        ),
    ),
)

_INDISPENSABLE = frozenset({Asks.HOW_LONG, Asks.HOW_MUCH, Asks.COST, Asks.NUMBER, Asks.OPEN})
FIGURES = _INDISPENSABLE | {Asks.WHEN}
_SPELLED = r"två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|femton|tjugo|trettio|two|three|four|five|six|ten"
_FREE = r"kostnadsfri\w*|gratis|avgiftsfri\w*|ingen avgift|kostar inget|free"

_LOOKS: dict[Asks, re.Pattern[str]] = {
    Asks.NUMBER: _pattern(r"\d{2,}[ -]\d{2,}|@|\b1\d\d( ?\d\d)?\b|\b\d{5,}\b"),
    Asks.OPEN: _pattern(
        r"\d[.:]\d\d|\b(kl|klockan) ?\d",
        # "1–18" alone are visits, ages or pages.
        r"\b(\w*dag(ar|en)?|\w*dagtid|helg(er)?|öppe\w*|öppnar|lunch)\b.{0,40}\b\d{1,2} ?[–-] ?\d{1,2}\b",
        # "När öppnar ansökan?" is answered with a date.
        r"\bden \d+|\d (januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december)\b",
        r"\bdygnet runt\b|\bstängt?\b|\bdygnets alla\b|\bo'clock\b|\b(am|pm)\b",
    ),
    Asks.WHEN: _pattern(
        r"\b(januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december|\w+dag(ar|en)?)\b",
        r"\b(kl|klockan|(19|20)\d\d|senast|tidigast|innan|efter att|inom|dygnet)\b|\d[.:]\d\d",
        r"\bden \d+\b|\bvarje (dag|vecka|månad|år)\b",
        r"\b(when|before|after|\w+day|o'clock)\b",
    ),
    Asks.HOW_LONG: _pattern(
        # Without its ring "år" is "är": a number stands before it, or it is no year.
        rf"\b(\d+|en|ett|halvt?|samma|nästa|{_SPELLED})[^\w]+(\w+[^\w]+){{0,2}}(\w*dag(ar|en)?|dygn|veck(a|or)|månad(er)?)\b",
        rf"\b(\d+|ett|halvt|samma|{_SPELLED})[^\w]+år\b",
        rf"\b(\d+|en|ett|halv|{_SPELLED})[^\w]+(\w+[^\w]+)?(timm(e|ar)|minut(er)?|days?|weeks?|months?|years?|hours?|minutes?)\b",
        r"\bvar(je|annan|t|tredje|fjärde)\b.{0,20}\b(dag|dygn|vecka|månad)\b|\bvar(je|t) år\b|\bgång(er)? (om|per|i)\b",
        r"\b(daglig|årlig|månads|vecko)\w*|\btills|\d+ (veckor|månader|dagar)",
    ),
    Asks.COST: _pattern(
        rf"\d.{{0,12}}\b(kronor|kr|euro|procent|öre|sek|kkr)\b|\d+ ?(:-|%)|\b(kronor|{_FREE})\b",
        r"\b\w*(avgift|pris|kostnad|belopp|taxa|hyra|fee|price)\w*( 20\d\d)?[^\w]{1,3}\d",
    ),
    Asks.HOW_MUCH: _pattern(rf"\d|\b(kronor|procent|{_SPELLED}|{_FREE}|hälften|percent)\b"),
    Asks.WHO: _pattern(r"\b(du som|den som|alla som|personer|myndighet\w*|nämnd\w*|kommun\w*|barn|the)\b"),
    Asks.WHERE: _pattern(
        r"\b(\w+(gatan|vägen|torget|gränd|plan|allén) \d+|webbplats\w*|adress\w*|e-tjänst\w*|ligger|finns)\b",
        r"\b(på|i|vid|hos|till|via|at|in|on) \w",
    ),
    Asks.WHY: _pattern(
        r"\b(eftersom|därför|för att|på grund av|beror|anledning\w*|orsak\w*|skäl\w*|syfte\w*)\b",
        r"\b(because|since)\b",
    ),
    Asks.HOW: _pattern(
        r"\b(ska du|du ska|du (kan|behöver|måste|gör|får)|genom|via|kontakta|ansök|anmäl|logga|fyll|ring|by|you)\b"
    ),
    Asks.DEFINITION: _pattern(r"\b(är|innebär|betyder|menas|avses|kallas|kan|definieras|is|are|means)\b"),
    Asks.NEED: _pattern(r"\b(krävs?|kräver|behövs?|behöver|måste|anmälningsplikt\w*|tillståndsplikt\w*|lovfri\w*)\b"),
    Asks.WHETHER: _pattern(
        r"\b(får|kan|måste|behöver|behövs|krävs|kräver|ska|ja|nej|inte|har rätt|tillåt\w*|förbjud\w*)\b",
        r"\b(can|may|must|need|not|yes|no)\b",
    ),
}
_NAME = re.compile(r"(?<=\S )[A-ZÅÄÖ][\wåäö-]+")
_DIGIT = re.compile(r"\d")
_COUNTED = re.compile(r"\b(?:hur manga|how many) (?:fria |gratis )?(\w{3,})")
_LONGEST_SUBJECT = 8


def asks(question: str) -> Asks:
    """What kind of answer the question wants, by its question word."""
    line = folded(question).strip()
    return next((kind for kind, pattern in _ASKS if pattern.search(line)), Asks.OTHER)


def answers(kind: Asks, sentence: str, wanted: frozenset[str] = frozenset(), counted: str = "") -> float:
    """0..3: how much the sentence looks like that kind of answer; a digit counts where a figure is wanted.

    `wanted` are the question's terms: a definition says them before its verb ("Visum är ett tillstånd …"). `counted` is
    what there is to be a number of, see `counted_in`.
    """
    if kind is Asks.OTHER:
        return 0.0
    line = folded(sentence)
    if counted and re.search(rf"\b(\d+|{folded(_SPELLED)})\W+(\w+\W+)?\w*{re.escape(counted)}", line):
        return 3.0
    match = _LOOKS[kind].search(line)
    looks = 1.0 if match else 0.0
    if kind is Asks.WHO:
        return max(looks * 0.5, 1.0 if _NAME.search(sentence) else 0.0)
    if kind is Asks.DEFINITION and match:
        subject = line[: match.start()]
        return 1.5 if wanted and wanted <= terms(subject) and len(subject.split()) <= _LONGEST_SUBJECT else 0.5
    if kind in FIGURES and _DIGIT.search(line):
        looks += 0.5
    return looks


def counted_in(question: str) -> str:
    """The stem of "resor" in "hur många resor om året"; empty when nothing is to be counted."""
    match = _COUNTED.search(folded(question))
    return stem(match[1]) if match else ""


def lacks(kind: Asks, sentence: str) -> bool:
    """The question asks for an amount, a number, a duration or opening hours, and the sentence holds none."""
    if kind not in _INDISPENSABLE:
        return False
    line = folded(sentence)
    if _LOOKS[kind].search(line):
        return False
    # A figure that looks like nothing still may be how much there is of something.
    return kind is not Asks.HOW_MUCH or not _DIGIT.search(line)
