"""Print how well personal data is found, kind by kind, beside the obvious baseline: a pattern with a check digit.

python -m tests.evaluation.personal
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from allmanning.index.personal.check_digits import luhn
from allmanning.index.personal.detect import detect
from allmanning.index.personal.found import NAME, PERSONNUMMER
from tests.evaluation.judged_data import given, parser
from tests.evaluation.personal.cases import write
from tests.platform_node import CLI

_BASELINE = re.compile(r"\b(?:\d\d)?(\d{6})[-+]?(\d{4})\b")
# How people write the twelve digits.
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "yyyymmddnnnn": lambda pin: pin,
    "yyyymmdd-nnnn": lambda pin: f"{pin[:8]}-{pin[8:]}",
    "yymmdd-nnnn": lambda pin: f"{pin[2:8]}-{pin[8:]}",
    "yymmdd nnnn": lambda pin: f"{pin[2:8]} {pin[8:]}",
    "yymmddnnnn": lambda pin: pin[2:],
}
_FORMATS = ("long_format", "short_format", "separated_format", "separated_long")


def baseline(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _BASELINE.finditer(text) if luhn(match[1] + match[2])]


def ours(text: str) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in detect(text, kinds=(PERSONNUMMER,))]


def share(numbers: Iterable[str], find: Callable[[str], list[tuple[int, int]]]) -> str:
    """How many of the numbers are found, exactly, in a sentence that says nothing of them."""
    written = list(numbers)
    hits = sum(
        (len("Den som har "), len("Den som har ") + len(each)) in find(f"Den som har {each}, ska svara.")
        for each in written
    )
    return f"{hits / max(len(written), 1):.3f}"


def numbers(data: Path) -> Iterator[tuple[str, list[str]]]:
    for name in ("allPins", "allCoords"):
        pins = json.loads((data / f"personnummer-{name}.json").read_text())
        for spelling, spelled in _SPELLINGS.items():
            yield f"{name} {spelling}", [spelled(pin) for pin in pins]
            # The last digit is the check digit: the next one is wrong.
            yield f"{name} {spelling}, mistyped", [spelled(f"{pin[:-1]}{(int(pin[-1]) + 1) % 10}") for pin in pins]
    for name in ("list", "interim", "orgnumber"):
        entries = json.loads((data / f"personnummer-{name}.json").read_text())
        for valid in (True, False):
            some = [each[form] for each in entries if each["valid"] is valid for form in _FORMATS if form in each]
            if some:
                yield f"{name} {'valid' if valid else 'invalid'}", some


def presidio(data: Path, name: str) -> Iterator[tuple[str, int]]:
    """Text and how many numbers stand in it."""
    tree = ast.parse((data / f"presidio-test_se_{name}.py.txt").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.elts[1], ast.Constant):
            text, count = node.elts[:2]
            if isinstance(text, ast.Constant) and isinstance(count, ast.Constant) and isinstance(count.value, int):
                yield str(text.value), count.value


def news(data: Path) -> None:
    """Names found, and how often anything else is found in news without personal data."""
    alarms, right, told, wanted, said, characters = Counter[str](), 0, 0, 0, 0, 0
    for line in (data / "ner-train.jsonl").open(encoding="utf-8"):
        entry = json.loads(line)
        persons = [(each["start"], each["end"]) for each in entry["entities"] if each["label"] == "PER"]
        found = detect(entry["text"])
        alarms.update(each.kind for each in found if each.kind != NAME)
        names = [(each.start, each.end) for each in found if each.kind == NAME]
        right += sum(any(start < at_end and at < end for at, at_end in persons) for start, end in names)
        told += sum(any(start < at_end and at < end for at, at_end in names) for start, end in persons)
        said += len(names)
        characters += len(entry["text"])
        wanted += len(persons)
    print(f"\nnames: recall {told / wanted:.3f}, precision {right / said:.3f}")
    print(f"anything else in {characters:,} characters of news: {dict(alarms)}")


def main(data: Path) -> None:
    print(f"{'found':44}{'ours':>8}{'check digit alone':>20}")
    for name, written in numbers(data):
        print(f"{name:44}{share(written, ours):>8}{share(written, baseline):>20}")
    for name in ("personnummer", "organisationsnummer"):
        cases = list(presidio(data, name))
        found = sum(len(ours(text)) for text, _ in cases)
        plain = sum(len(baseline(text)) for text, _ in cases)
        wanted = sum(count for _, count in cases)
        print(f"presidio {name}, {wanted} of its kind in {len(cases)} texts{found:>6}{plain:>20}")
    news(data)


def sentences() -> None:
    """Our own case sentences, which need no real data."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        subprocess.run([*CLI, "evaluate", "pii", folder], check=True)


if __name__ == "__main__":
    sentences()
    if asked := given(parser("tests.evaluation.personal", __doc__, "pii")):
        main(asked.folder)
