"""A row of the table: conditions, outcome, and who answers for it in law."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from allmanning.audit.gate.cell import BadCell, Cell, fact
from allmanning.audit.gate.facts import Fact, Facts
from allmanning.audit.gate.problem import NOWHERE, Place, Problem
from allmanning.audit.gate.source import Named, Node, Several, Text
from allmanning.contracts.audit.v1.audit_pb import Verdict
from allmanning.runtime.record import Json

OUTCOMES: Final = MappingProxyType(
    {"svara": Verdict.AUTO, "granska": Verdict.REVIEW, "avböj": Verdict.REFUSE, "lämna över": Verdict.HAND_OVER}
)
WRITTEN: Final = MappingProxyType({verdict: word for word, verdict in OUTCOMES.items()})
_REQUIRED: Final = ("regel", "text", "villkor", "utfall", "lagrum", "ägare", "gäller från", "besked", "exempel")
_REVIEWING: Final = ("handläggningstid", "andra granskare")
_OPTIONAL: Final = ("gäller till", "kompetens", *_REVIEWING)
_BASIS: Final = ("sfs", "kap", "paragraf", "lydelse")
_SFS: Final = re.compile(r"\d{4}:\d{1,5}")
_NAME: Final = re.compile(r"[\wÅÄÖåäö-]{1,40}")
_NOTICE: Final = re.compile(r"[a-z0-9_]{1,40}")
MAX_CHARS: Final = 1_000
# A year; what waits longer is no deadline.
_HOURS: Final = re.compile(r"[1-9]\d{0,3}")
MAX_HOURS: Final = 8_760


@dataclass(frozen=True)
class Rule:
    """One row: when every cell is met, this is the outcome. `valid_to` is the last day, empty without an end.

    `deadline_hours` and `second_reviewer` are None where the row says nothing of them.
    """

    id: str
    text: str
    cells: tuple[Cell, ...]
    verdict: Verdict
    legal_basis: str
    notice: str
    owner: str = ""
    competence: str = ""
    deadline_hours: int | None = None
    second_reviewer: bool | None = None
    valid_from: str = ""
    valid_to: str = ""
    examples: tuple[Facts, ...] = ()
    place: Place = NOWHERE

    def applies(self, day: str) -> bool:
        """Whether the row is in force on a day (2026-11-27)."""
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)


class RowReader:
    """Reads rows and gathers what is wrong in them, so that one reading tells of every fault."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._row = ""

    def say(self, at: Node | Place, column: str, text: str) -> None:
        self.problems.append(Problem(at if isinstance(at, Place) else at.place, self._row, column, text))

    def row(self, node: Node) -> tuple[Rule, Json] | None:
        """The row and its normal form; None when it can't be used, with the reasons in `problems`."""
        before = len(self.problems)
        self._row = ""
        if not isinstance(node, Named):
            self.say(node, "", "en regel börjar med ”- regel: NAMN” och har sina uppgifter under sig")
            return None
        name = node.items.get("regel")
        self._row = name.value if isinstance(name, Text) else ""
        self.names(node, _REQUIRED, _OPTIONAL)
        written = {
            "regel": self.matching(node, "regel", _NAME, "ett namn på högst 40 bokstäver, siffror och bindestreck"),
            "text": self.text(node, "text"),
            "utfall": self._one_of(node, "utfall", OUTCOMES),
            "ägare": self.text(node, "ägare"),
            "besked": self.matching(node, "besked", _NOTICE, "namnet på en text, till exempel review"),
            "gäller från": self._day(node, "gäller från", required=True),
            "gäller till": self._day(node, "gäller till", required=False),
            "kompetens": self.text(node, "kompetens", required=written_outcome(node) == "granska"),
        }
        if written["gäller till"] and written["gäller till"] < written["gäller från"]:
            self.say(node.items["gäller till"], "gäller till", "dagen ligger före ”gäller från”; byt en av dem")
        written |= self._reviewing(node)
        basis, lagrum = self._basis(node)
        conditions, cells = self._conditions(node)
        examples, facts = self._examples(node)
        if len(self.problems) > before:
            return None
        rule = Rule(
            id=written["regel"],
            text=written["text"],
            cells=cells,
            verdict=OUTCOMES[written["utfall"]],
            legal_basis=basis,
            notice=written["besked"],
            owner=written["ägare"],
            competence=written["kompetens"],
            deadline_hours=int(written["handläggningstid"]) if written.get("handläggningstid") else None,
            second_reviewer=written["andra granskare"] == "ja" if "andra granskare" in written else None,
            valid_from=written["gäller från"],
            valid_to=written["gäller till"],
            examples=facts,
            place=node.place,
        )
        return rule, {**written, "villkor": conditions, "lagrum": lagrum, "exempel": examples}

    def names(self, node: Named, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        """Say which names are missing and which there should not be."""
        for name in required:
            if name not in node.items:
                self.say(node, name, f"{name} saknas; lägg till raden ”{name}: …”")
        for name, at in node.at.items():
            if name not in (*required, *optional):
                self.say(at, name, f"{name} finns inte; välj bland {', '.join((*required, *optional))}")

    def text(self, node: Named, name: str, *, required: bool = True) -> str:
        """A text; empty, with a reason, when it is missing or is not one."""
        value = node.items.get(name)
        if value is None and required and name in _OPTIONAL:
            self.say(node, name, f"skriv vad den som granskar ska vara: ”{name}: handläggare”")
        if value is None:
            return ""
        if not isinstance(value, Text) or len(value.value) > MAX_CHARS or (required and not value.value):
            empty = isinstance(value, Text) and not value.value
            self.say(value, name, "är tom; skriv något" if empty else f"skriv en text på högst {MAX_CHARS} tecken")
            return ""
        return value.value

    def matching(self, node: Named, name: str, pattern: re.Pattern[str], wanted: str) -> str:
        value = self.text(node, name)
        if value and not pattern.fullmatch(value):
            self.say(node.items[name], name, f"skriv {wanted}, inte {value!r}")
        return value

    def _one_of(self, node: Named, name: str, allowed: Mapping[str, Verdict]) -> str:
        value = self.text(node, name)
        if value and value not in allowed:
            self.say(node.items[name], name, f"utfallet {value} finns inte, välj bland {', '.join(allowed)}")
        return value

    def _day(self, node: Named, name: str, *, required: bool) -> str:
        value = self.text(node, name, required=required) if name in node.items else ""
        if value:
            try:
                # Only this spelling sorts as days do.
                if date.fromisoformat(value).isoformat() == value:
                    return value
            except ValueError:
                pass
            self.say(node.items[name], name, f"skriv en dag som 2026-12-01, inte {value!r}")
        return ""

    def _reviewing(self, node: Named) -> dict[str, str]:
        """What a row asks of its review. Only what is written: tables from before these columns keep their hashes."""
        written = {name: self.text(node, name) for name in _REVIEWING if name in node.items}
        for name in written:
            if written_outcome(node) != "granska":
                self.say(node.items[name], name, "bara en regel med utfallet granska kan ha detta; ta bort raden")
        hours = written.get("handläggningstid", "")
        if hours and not (_HOURS.fullmatch(hours) and int(hours) <= MAX_HOURS):
            text = f"skriv antalet timmar, ett heltal från 1 till {MAX_HOURS}, inte {hours!r}"
            self.say(node.items["handläggningstid"], "handläggningstid", text)
        second = written.get("andra granskare", "")
        if second and second not in ("ja", "nej"):
            self.say(node.items["andra granskare"], "andra granskare", f"skriv ja eller nej, inte {second!r}")
        return written

    def _basis(self, node: Named) -> tuple[str, Json]:
        """`SFS 2017:725, 6 kap. 37–38 §§, lydelse 2023:708`, and its normal form."""
        value = node.items.get("lagrum")
        if value is None:
            return "", {}
        if not isinstance(value, Named):
            self.say(value, "lagrum", 'skriv {sfs: 2017:900, kap: "", paragraf: 6, lydelse: 2018-07-01}')
            return "", {}
        self.names(value, _BASIS, ())
        sfs = self.matching(value, "sfs", _SFS, "lagens nummer, till exempel 2017:900") if "sfs" in value.items else ""
        chapter = self.text(value, "kap", required=False)
        paragraph = self.text(value, "paragraf")
        wording = self.text(value, "lydelse")
        if wording and not _SFS.fullmatch(wording):
            self._day(value, "lydelse", required=True)
        sign = "§§" if "–" in paragraph or "," in paragraph else "§"
        place = f"{chapter} kap. {paragraph} {sign}" if chapter else f"{paragraph} {sign}"
        written: Json = {"sfs": sfs, "kap": chapter, "paragraf": paragraph, "lydelse": wording}
        return f"SFS {sfs}, {place}, lydelse {wording}", written

    def _conditions(self, node: Named) -> tuple[Json, tuple[Cell, ...]]:
        value = node.items.get("villkor")
        if value is None:
            return {}, ()
        if not isinstance(value, Named):
            self.say(value, "villkor", "skriv {kolumn: värde, …}, eller {} för den sista regeln")
            return {}, ()
        written: dict[str, Json] = {}
        cells: list[Cell] = []
        for column, each in value.items.items():
            words = _words(each)
            if words is None:
                self.say(each, column, "skriv ett värde, eller flera som [ett, två]")
                continue
            written[column] = list(words) if isinstance(words, list) else words
            try:
                cells += Cell.parse(column, words)
            except BadCell as error:
                self.say(each, column, str(error))
        return written, tuple(cells)

    def _examples(self, node: Named) -> tuple[Json, tuple[Facts, ...]]:
        value = node.items.get("exempel")
        if value is None:
            return [], ()
        if not isinstance(value, Several) or not value.items:
            self.say(value, "exempel", "skriv minst ett fall som regeln ska avgöra: - {skede: fråga, fara: ja}")
            return [], ()
        written: list[Json] = []
        examples: list[Facts] = []
        for each in value.items:
            if not isinstance(each, Named):
                self.say(each, "exempel", "skriv uppgifterna som {kolumn: värde, …}")
                continue
            facts: dict[str, Fact] = {}
            for column, known in each.items.items():
                if not isinstance(known, Text):
                    self.say(known, f"exempel, {column}", "skriv ett enda värde; ett exempel är ett fall")
                    continue
                try:
                    facts[column] = fact(column, known.value)
                except BadCell as error:
                    self.say(known, f"exempel, {column}", str(error))
            examples.append(MappingProxyType(facts))
            written.append({column: known.value for column, known in each.items.items() if isinstance(known, Text)})
        return written, tuple(examples)


def written_outcome(node: Named) -> str:
    """The outcome as it stands, before anything is known of it."""
    value = node.items.get("utfall")
    return value.value if isinstance(value, Text) else ""


def _words(node: Node) -> str | list[str] | None:
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Several) and all(isinstance(each, Text) for each in node.items):
        return [each.value for each in node.items if isinstance(each, Text)]
    return None
