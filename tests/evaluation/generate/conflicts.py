"""How well two documents that contradict each other are told from two that do not.

    python -m tests.evaluation.generate.conflicts

48 pairs of sentences, written for this: half contradict each other, half differ without doing so. Printed: precision
(the aim: .95, for a conflict that is none withholds an answer) and recall, beside the rule that went before: four or
more equal words but for a figure with a unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from allmanning.generate.claim import claim, contradict
from allmanning.generate.extract.terms import terms

CONFLICTS = (
    ("Bygglov för en altan kostar 3 200 kronor.", "Avgiften för bygglov för en altan är 3 600 kronor."),
    ("Du behöver bygglov för en friggebod.", "Du behöver inte bygglov för en friggebod."),
    (
        "Ansökan om förskoleplats ska lämnas senast den 1 mars.",
        "Ansökan om förskoleplats ska lämnas senast den 5 mars.",
    ),
    ("Kommunhusets reception öppnar klockan 8.00.", "Kommunhusets reception öppnar klockan 9.30."),
    ("Handläggningen av ett bygglov tar 10 veckor.", "Handläggningen av ett bygglov tar 6 veckor."),
    ("Hundar är tillåtna på badplatsen i Sjövik.", "Hundar är inte tillåtna på badplatsen i Sjövik."),
    ("Överklagandet ska ha kommit in inom 3 veckor.", "Överklagandet ska ha kommit in inom 2 veckor."),
    ("Sopkärlen i Norrby töms på tisdagar.", "Sopkärlen i Norrby töms på torsdagar."),
    ("Bidraget till föreningar är högst 40 000 kronor.", "Bidraget till föreningar är högst 50 000 kronor."),
    ("Parkeringen vid stationen är gratis i 2 timmar.", "Parkeringen vid stationen är gratis i 4 timmar."),
    ("Ett plank får vara högst 1,8 meter.", "Ett plank får vara högst 1,2 meter."),
    ("Färdtjänst får användas på helger.", "Färdtjänst får inte användas på helger."),
    ("Eldning av trädgårdsavfall är tillåten i april.", "Eldning av trädgårdsavfall är förbjuden i april."),
    ("Avgiften för en grav är 2 500 kr.", "Avgiften för en grav är 1 900 kr."),
    ("Simhallen är öppen på nyårsdagen.", "Simhallen är stängd på nyårsdagen."),
    ("Skolskjuts beviljas från 4 kilometer.", "Skolskjuts beviljas från 3 kilometer."),
    ("Du måste anmäla en eldstad till räddningstjänsten.", "Du måste inte anmäla en eldstad till räddningstjänsten."),
    ("Lovskolan börjar den 12 juni.", "Lovskolan börjar den 15 juni."),
    ("Återvinningscentralen tar emot asbest.", "Återvinningscentralen tar inte emot asbest."),
    ("Egenavgiften är 20 procent av kostnaden.", "Egenavgiften är 30 procent av kostnaden."),
    ("Hyran för lokalen betalas före besöket.", "Hyran för lokalen betalas efter besöket."),
    ("Biblioteket i Åsbo stänger klockan 19.00.", "Biblioteket i Åsbo stänger klockan 18.00."),
    ("Ett hushåll får lämna 2 kubikmeter grovavfall.", "Ett hushåll får lämna 5 kubikmeter grovavfall."),
    (
        "Att ändra ett beslut om plats är kostnadsfritt.",
        "Det kostar 300 kronor att ändra ett beslut om plats.",
    ),
)
NO_CONFLICTS = (
    ("Du behöver inte bygglov för en altan lägre än 1,2 meter.", "Du behöver bygglov för en altan högre än 1,2 meter."),
    ("Biblioteket har öppet på måndagar klockan 8–16.", "Biblioteket har öppet på lördagar klockan 10–14."),
    ("Bygglov för en altan kostar 3 200 kronor.", "Bygglov för ett plank kostar 2 100 kronor."),
    ("Avgiften för förskola 2025 är 1 645 kronor.", "Avgiften för förskola 2026 är 1 688 kronor."),
    ("Vuxna betalar 60 kronor i simhallen.", "Barn betalar 30 kronor i simhallen."),
    ("Handläggningen av ett bygglov tar 10 veckor.", "Handläggningen av ett förhandsbesked tar 6 veckor."),
    ("Sopkärlen i Norrby töms på tisdagar.", "Sopkärlen i Söderby töms på torsdagar."),
    ("Ansökan ska lämnas senast den 1 mars.", "Beslut fattas senast den 15 april."),
    ("Du behöver bygglov för en friggebod.", "Du behöver bygglov för en friggebod inom strandskyddat område."),
    ("Hundar är tillåtna i Stadsparken.", "Hundar är inte tillåtna på badplatsen."),
    ("Ett plank får vara högst 1,8 meter.", "Ett plank får vara högst 180 cm."),
    ("Överklagandet ska ha kommit in inom tre veckor.", "Överklagandet ska ha kommit in inom 3 veckor."),
    ("Receptionen öppnar klockan 8.00.", "Receptionen stänger klockan 16.00."),
    ("Lovskolan börjar den 12 juni.", "Lovskolan slutar den 30 juni."),
    ("Skolskjuts i årskurs 1 beviljas från 2 kilometer.", "Skolskjuts i årskurs 7 beviljas från 4 kilometer."),
    ("Färdtjänst får användas på helger.", "Färdtjänst får användas på vardagar och helger."),
    ("Egenavgiften är minst 20 procent.", "Egenavgiften är högst 30 procent."),
    ("Simhallen är stängd på nyårsdagen.", "Simhallen är öppen på trettondagen."),
    ("Parkering vid stationen är gratis i 2 timmar.", "Parkering vid torget kostar 10 kronor i timmen."),
    ("Du får elda i april.", "Du får inte elda i juli."),
    ("Bidraget söks före den 1 februari.", "Bidraget betalas ut efter den 1 mars."),
    ("Nämnden sammanträder den 12 mars.", "Nämnden sammanträder den 9 april."),
    ("Avgiften är 500 kronor för medlemmar.", "Avgiften är 700 kronor för andra."),
    ("Telefon till bygglov: 08-465 004 00.", "Telefon till miljö: 08-465 004 10."),
)
_FIGURE = re.compile(r"(\d[\d ]*(?:,\d+)?)\s?(kronor|kr|procent|meter|cm|kilometer|kubikmeter|veckor|timmar)\b")


def before(one: str, other: str) -> bool:
    """Equal words but for a figure with a unit."""
    words = [frozenset(each for each in terms(_FIGURE.sub(" ", text)) if not each.isdigit()) for text in (one, other)]
    figures = [dict(reversed(pair) for pair in _FIGURE.findall(text)) for text in (one, other)]
    differ = any(unit in figures[1] and figures[1][unit] != number for unit, number in figures[0].items())
    return words[0] == words[1] and len(words[0]) >= 4 and differ


def now(one: str, other: str) -> bool:
    """As answers are made."""
    ours, theirs = claim(one), claim(other)
    return ours is not None and theirs is not None and contradict(ours, theirs)


def judged(rule: Callable[[str, str], bool]) -> tuple[float, float, list[tuple[str, str]]]:
    """Precision, recall, and the pairs that were judged wrongly."""
    found = [pair for pair in CONFLICTS if rule(*pair)]
    false = [pair for pair in NO_CONFLICTS if rule(*pair)]
    precision = len(found) / max(1, len(found) + len(false))
    return precision, len(found) / len(CONFLICTS), [*false, *(pair for pair in CONFLICTS if pair not in found)]


def main() -> None:
    """Print both rules, and what the one in use gets wrong."""
    print(f"{len(CONFLICTS)} pairs that contradict each other, {len(NO_CONFLICTS)} that do not; aim: precision .95")
    for name, rule in (("figures with a unit", before), ("in use", now)):
        precision, recall, _ = judged(rule)
        print(f"{name:20} precision {precision:.3f}  recall {recall:.3f}")
    for one, other in judged(now)[2]:
        print(f"  wrong: {one} | {other}")


if __name__ == "__main__":
    main()
