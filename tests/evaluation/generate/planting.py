"""Errors, and harmless changes, planted in sentences of real pages.

Our own hand, but not the checks' words: what is planted is chosen from lists of its own and from the page itself, and
nothing here imports what checks sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

_MONTHS: Final = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
_DAYS: Final = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
_MODALS: Final[Mapping[str, Sequence[str]]] = {
    "kan": ("måste", "ska", "bör"), "får": ("måste", "ska"), "ska": ("kan", "bör", "får"),
    "måste": ("kan", "får", "bör"),
    "bör": ("måste", "kan"), "skall": ("kan",), "behöver": ("kan", "bör"),
}  # fmt: skip
_PAIRS: Final = """
före/efter minst/högst mer/mindre fler/färre över/under ökar/minskar ökade/minskade öka/minska höjs/sänks
högre/lägre större/mindre längre/kortare äldre/yngre stor/liten stora/små hög/låg höga/låga lång/kort
långa/korta alla/inga alltid/aldrig ofta/sällan många/få öppen/stängd öppet/stängt tillåtet/förbjudet
godkänd/underkänd beviljas/avslås bifall/avslag möjligt/omöjligt giltig/ogiltig skriftligt/muntligt
skriftlig/muntlig offentlig/hemlig offentliga/hemliga obligatorisk/frivillig frivilligt/obligatoriskt
gratis/avgiftsbelagt tidigare/senare tidigast/senast första/sista börjar/slutar början/slutet inkomster/utgifter
vinst/förlust köpa/sälja inomhus/utomhus sommaren/vintern dag/natt vuxna/barn norr/söder norra/södra
östra/västra gammal/ny gamla/nya nya/gamla bättre/sämre bra/dåligt positiv/negativ positiva/negativa enkel/svår
enkelt/svårt lätt/svårt varm/kall varmt/kallt stark/svag direkt/indirekt tillfälligt/permanent
permanent/tillfälligt inklusive/exklusive helt/delvis hela/halva kvinnor/män män/kvinnor samma/olika
gemensam/separat arbetsgivaren/arbetstagaren rätt/fel säkert/osäkert vanligt/ovanligt frisk/sjuk sjuk/frisk
snabbt/långsamt ökad/minskad ökning/minskning utanför/inom inom/utanför laglig/olaglig
"""
_OPPOSITES: Final[Mapping[str, str]] = {
    pair.split("/")[a]: pair.split("/")[b]
    for pair in _PAIRS.split()
    for a, b in ((0, 1), (1, 0))
}  # fmt: skip
_FINITE: Final = frozenset(
    [
        "är",
        "var",
        "har",
        "hade",
        "kan",
        "ska",
        "måste",
        "får",
        "bör",
        "gäller",
        "finns",
        "kommer",
        "blir",
        "krävs",
        "behöver",
        "ingår",
        "innebär",
        "omfattar",
        "betalar",
        "lämnar",
        "tar",
        "ger",
        "gör",
        "går",
        "står",
        "beslutar",
        "ansvarar",
        "används",
        "skickas",
        "lämnas",
        "betalas",
    ]
)
_NOT: Final = re.compile(r"\b(?:inte|ej) ")
_INT: Final = re.compile(r"(?<![\w.,:/-])\d{1,6}(?![\w:/-]|[.,]\d)")
_CAPITAL: Final = re.compile(r"(?<=[a-zåäö,] )[A-ZÅÄÖ][a-zåäö]{3,}\b")

Planted = tuple[str, str]
"""What was done, and the sentence after it."""


def errors(sentence: str, page: str, other: str, chance: random.Random) -> Iterator[Planted]:
    """At most one error of each kind. `other` is another page, where names and numbers are taken from."""
    for kind, plant in _ERRORS.items():
        made = plant(sentence, page, other, chance)
        if made and made != sentence and made not in page:
            yield kind, made


def harmless(sentence: str) -> Iterator[Planted]:
    """The same sentence as others could word it: what is said stays."""
    for kind, change in _HARMLESS.items():
        made = change(sentence)
        if made and made != sentence:
            yield kind, made


def _number(sentence: str, _page: str, _other: str, chance: random.Random) -> str:
    return _swap(sentence, list(_INT.finditer(sentence)), lambda old: str(int(old) + chance.choice((1, 2, 5, 10, 100))),
                 chance)  # fmt: skip


def _number_of_page(sentence: str, page: str, _other: str, chance: random.Random) -> str:
    others = [each for each in _INT.findall(page) if each not in _INT.findall(sentence)]
    return _swap(sentence, list(_INT.finditer(sentence)), lambda _: chance.choice(others), chance) if others else ""


def _numbers_swapped(sentence: str, _page: str, _other: str, _chance: random.Random) -> str:
    found = list(_INT.finditer(sentence))
    if len(found) < 2 or found[0].group() == found[1].group():
        return ""
    a, b = found[:2]
    return sentence[: a.start()] + b.group() + sentence[a.end() : b.start()] + a.group() + sentence[b.end() :]


def _date(sentence: str, _page: str, _other: str, chance: random.Random) -> str:
    words = [*_MONTHS, *_DAYS]
    found = list(re.finditer(rf"\b(?:{'|'.join(words)})(?:ar|en)?\b", sentence))
    years = list(re.finditer(r"\b(?:19|20)\d\d\b", sentence))
    if not found:
        return _swap(sentence, years, lambda old: str(int(old) + chance.choice((-1, 1, 10))), chance)

    def change(old: str) -> str:
        row = _MONTHS if any(old.startswith(month) for month in _MONTHS) else _DAYS
        mine = next(word for word in row if old.startswith(word))
        return chance.choice([word for word in row if word != mine]) + old[len(mine) :]

    return _swap(sentence, found, change, chance)


def _name(sentence: str, _page: str, other: str, chance: random.Random) -> str:
    names = [each for each in _CAPITAL.findall(other) if each not in sentence]
    return _swap(sentence, list(_CAPITAL.finditer(sentence)), lambda _: chance.choice(names), chance) if names else ""


def _name_of_page(sentence: str, page: str, _other: str, chance: random.Random) -> str:
    return _name(sentence, page, page, chance)


def _negation(sentence: str, _page: str, _other: str, chance: random.Random) -> str:
    if _NOT.search(sentence):
        return _NOT.sub("", sentence, count=1)
    found = [each for each in re.finditer(r"[a-zåäö]+", sentence) if each.group() in _FINITE]
    if not found:
        return ""
    at = chance.choice(found)
    return f"{sentence[: at.end()]} inte{sentence[at.end() :]}"


def _modal(sentence: str, _page: str, _other: str, chance: random.Random) -> str:
    found = list(re.finditer(rf"\b(?:{'|'.join(_MODALS)})\b(?= (?:\w+ ){{0,3}}?\w+a\b)", sentence))
    return _swap(sentence, found, lambda old: chance.choice(list(_MODALS[old])), chance)


def _antonym(sentence: str, _page: str, _other: str, chance: random.Random) -> str:
    found = [each for each in re.finditer(r"[a-zåäö]+", sentence) if each.group() in _OPPOSITES]
    return _swap(sentence, found, _OPPOSITES.__getitem__, chance)


def _swap(sentence: str, found: Sequence[re.Match[str]], change: Callable[[str], str], chance: random.Random) -> str:
    if not found:
        return ""
    at = chance.choice(list(found))
    return sentence[: at.start()] + change(at.group()) + sentence[at.end() :]


_ERRORS: Final = {
    "number": _number, "number of the page": _number_of_page, "numbers swapped": _numbers_swapped, "date": _date,
    "name": _name, "name of the page": _name_of_page, "negation": _negation, "modal": _modal, "antonym": _antonym,
}  # fmt: skip


def _same(sentence: str) -> str:
    return f" {sentence}"


def _spelled(sentence: str) -> str:
    words = dict(
        zip(
            ["2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"],
            ["två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"],
            strict=True,
        )
    )
    return re.sub(
        r"(?<![\w.,:/§-])(?<!kap )(\d{1,2})(?= (?:dag|veck|månad|år\b|timm|person|barn|meter|gång))",
        lambda found: words.get(found[1], found[1]), sentence, count=1,
    )  # fmt: skip


def _abbreviated(sentence: str) -> str:
    return sentence.replace(" kronor", " kr").replace(" cirka ", " ca ").replace("till exempel", "t.ex.").replace(
        "bland annat", "bl.a.").replace(" procent", " %").replace(" och ", " samt ", 1)  # fmt: skip


def _synonym(sentence: str) -> str:
    rows = {
        "ansöka om": "söka", "exempelvis": "till exempel", "endast": "bara", "erhålla": "få",
        "på grund av": "till följd av",
        "måste": "ska", "krävs": "behövs", "cirka": "ungefär", "samtliga": "alla", "dock": "däremot",
        "därför": "av det skälet",
        "finns": "går att hitta", "hjälp": "stöd", "information": "upplysningar", "kontakta": "ta kontakt med",
        "skicka": "sända", "påbörja": "börja", "innan": "före", "om du": "när du", "ofta": "vanligen", "vill": "önskar",
    }  # fmt: skip
    found = [old for old in rows if f" {old} " in sentence]
    return sentence.replace(f" {found[0]} ", f" {rows[found[0]]} ", 1) if found else ""


def _shorter(sentence: str) -> str:
    made = re.sub(r" \([^)]{3,60}\)", "", sentence, count=1)
    return made if made != sentence else re.sub(r" (?:också|även|dock|därför|alltså|dessutom|således)\b", "", sentence)


def _moved(sentence: str) -> str:
    found = re.fullmatch(r"(Om|När|För att) ([^,]{8,60}), ((?:kan|ska|måste|får|bör|är|har) \w+) (.{8,})\.", sentence)
    if not found:
        return ""
    verb, subject = found[3].split()
    return f"{subject.capitalize()} {verb} {found[4]} {found[1].lower()} {found[2]}."


def _introduced(sentence: str) -> str:
    words = sentence.split()
    if len(words) < 6 or words[0] not in ("Du", "Det", "Den", "De", "Man", "Vi", "Kommunen", "En", "Ett", "Alla"):
        return ""
    return f"Observera att {words[0].lower()} {' '.join(words[1:])}"


_HARMLESS: Final = {
    "the same": _same, "spelled out": _spelled, "abbreviated": _abbreviated, "synonym": _synonym, "shorter": _shorter,
    "moved": _moved, "introduced": _introduced,
}  # fmt: skip
