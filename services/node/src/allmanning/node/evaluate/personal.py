"""How much of the personal data in labelled text is found, kind by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from allmanning.generate.pins import source_of
from allmanning.index.personal.detect import detect
from allmanning.index.personal.found import ADDRESS, EMAIL, NAME, PERSONNUMMER, PHONE, PROTECTED_NAME
from allmanning.node.evaluate.measured import ROWS, Measured
from allmanning.node.evaluate.rows import read_rows
from allmanning.runtime.record import Json

_KINDS: Final[Mapping[str, str]] = {
    "NATIONAL_ID": PERSONNUMMER,
    "PHONE": PHONE,
    "EMAIL": EMAIL,
    "ADDRESS": ADDRESS,
    "NAME": NAME,
}
TARGETS: Final[Mapping[str, float]] = {
    "NATIONAL_ID": 0.97, "PHONE": 0.97, "EMAIL": 0.97, "ADDRESS": 0.8, "NAME": 0.7,
}  # fmt: skip
"""The recall to reach."""
# What others call these kinds.
_LABELS: Final[Mapping[str, str]] = {
    **{kind: kind for kind in _KINDS},
    **dict.fromkeys(("PERSONNUMMER", "SSN", "PNR", "NATIONALID", "ID_NUMBER", "SAMORDNINGSNUMMER"), "NATIONAL_ID"),
    **dict.fromkeys(("PHONE_NUMBER", "TELEPHONE", "TEL", "MOBILE", "TELEFON", "TELEFONNUMMER"), "PHONE"),
    **dict.fromkeys(("EMAIL_ADDRESS", "E-MAIL", "MAIL", "E_MAIL", "EPOST", "E-POST"), "EMAIL"),
    **dict.fromkeys(("STREET_ADDRESS", "ADRESS", "STREET"), "ADDRESS"),
    **dict.fromkeys(("PER", "PERSON", "PERSON_NAME", "NAMN", "FULL_NAME"), "NAME"),
}
_HALF: Final = 0.5


@dataclass(frozen=True)
class Labelled:
    """A text and its entities: (kind, start, end), end exclusive."""

    text: str
    entities: Sequence[tuple[str, int, int]]


@dataclass
class Count:
    """Entities of a kind, how many were found; spans found, how many of them rightly."""

    labelled: int = 0
    hit: int = 0
    found: int = 0
    right: int = 0

    def add(self, other: Count) -> None:
        self.labelled += other.labelled
        self.hit += other.hit
        self.found += other.found
        self.right += other.right

    def as_dict(self) -> dict[str, Json]:
        """Shares 0..1; None where there is nothing to share."""
        return {"recall": _share(self.hit, self.labelled), "precision": _share(self.right, self.found)}


@dataclass
class PersonalFigures:
    """All kinds together, and each; `files` are those that were read."""

    kinds: dict[str, Count] = field(default_factory=lambda: {kind: Count() for kind in _KINDS})
    rows: int = 0
    files: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    rows_hash: str = ""

    def measured(self) -> Measured:
        """To be kept: the detectors decide, and the rows."""
        pins = {ROWS: self.rows_hash, "index": source_of("allmanning.index")}
        return Measured.of("pii", self.as_dict(), pins)

    def as_dict(self) -> dict[str, Json]:
        total = Count()
        for count in self.kinds.values():
            total.add(count)
        kinds: dict[str, Json] = {kind: count.as_dict() for kind, count in self.kinds.items()}
        files: list[Json] = [*self.files]
        return {**total.as_dict(), "kinds": kinds, "rows": self.rows, "files": files, "left_out": [*self.left_out]}


def evaluate_personal(folder: Path) -> PersonalFigures:
    """Compare what the detectors find with the labels of every file in `folder`.

    A file judges only the kinds that it labels: in one without e-mail addresses nobody looked for them.

    Raises:
        InvalidInput: what `read_rows` raises.
    """
    read = read_rows(folder, _row, "text och entities")
    figures = PersonalFigures(rows=len(read.all), files=list(read.by_file), left_out=read.left_out, rows_hash=read.hash)
    for rows in read.by_file.values():
        judged = {kind for row in rows for kind, _, _ in row.entities}
        for row in rows:
            for kind, count in _counts(row, judged).items():
                figures.kinds[kind].add(count)
    return figures


def personal_report(figures: PersonalFigures) -> str:
    """The figures beside what is to be reached."""
    lines = [
        f"{figures.rows} rader i {', '.join(figures.files)}",
        f"{'':<14}{'märkta':>8}{'funna':>10}{'rätta':>10}{'mål':>8}",
    ]
    for kind, count in figures.kinds.items():
        found, right = _share(count.hit, count.labelled), _share(count.right, count.found)
        lines.append(f"{kind:<14}{count.labelled:>8}{_shown(found):>10}{_shown(right):>10}{TARGETS[kind]:>8.2f}")
    lines += [f"Inga sådana rader: {name}" for name in figures.left_out]
    return "\n".join(lines)


def _shown(share: float | None) -> str:
    return "–" if share is None else f"{share:.3f}"


def _counts(row: Labelled, judged: Iterable[str]) -> dict[str, Count]:
    spans = [(each.kind, each.start, each.end) for each in detect(row.text)]
    counts = {}
    for kind in judged:
        wanted = [(start, end) for label, start, end in row.entities if label == kind]
        ours = {_KINDS[kind], PROTECTED_NAME} if kind == "NAME" else {_KINDS[kind]}
        found = [(start, end) for name, start, end in spans if name in ours]
        counts[kind] = Count(
            labelled=len(wanted),
            hit=sum(_covered(each, found) >= _HALF for each in wanted),
            found=len(found),
            right=sum(_covered(each, wanted) >= _HALF for each in found),
        )
    return counts


def _covered(span: tuple[int, int], by: Sequence[tuple[int, int]]) -> float:
    """Share of the span's characters that stand within one or more of the others, which do not overlap."""
    start, end = span
    return sum(max(0, min(end, last) - max(start, first)) for first, last in by) / max(end - start, 1)


def _row(item: Mapping[str, object]) -> Labelled | None:
    text, entities = item.get("text"), item.get("entities", item.get("spans"))
    if not isinstance(text, str) or not isinstance(entities, list):
        return None
    known = []
    for each in entities:
        if not isinstance(each, dict):
            return None
        label, start, end = each.get("label", each.get("type")), each.get("start"), each.get("end")
        if not (isinstance(label, str) and isinstance(start, int) and isinstance(end, int)):
            return None
        kind = _LABELS.get(label.upper().replace(" ", "_"))
        if kind and 0 <= start < end <= len(text):
            known.append((kind, start, end))
    return Labelled(text, known)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
