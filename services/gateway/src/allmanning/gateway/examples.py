"""The examples on the page about the API: programs that run as they stand, once the key is in the environment."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

# Stands in the files for the address of the platform that shows them.
ADDRESS: Final = "https://fraga.exempelby.se"

_LANGUAGES: Final = {"sh": "curl", "py": "Python", "mjs": "JavaScript", "json": "JSON"}


@dataclass(frozen=True)
class Example:
    """One program; `name` is its file's, `language` what a reader calls it."""

    name: str
    language: str
    code: str


def examples(origin: str) -> dict[str, list[Example]]:
    """By what they show (`ask`, `stream` …), with the platform's own address in them; curl first, JavaScript last."""
    shown: dict[str, list[Example]] = {}
    folder = files("allmanning.gateway") / "web" / "examples"
    ordered = sorted(folder.iterdir(), key=lambda each: list(_LANGUAGES).index(each.name.rpartition(".")[2]))
    for file in ordered:
        topic, _, ending = file.name.rpartition(".")
        code = file.read_text(encoding="utf-8").replace(ADDRESS, origin).rstrip()
        shown.setdefault(topic, []).append(Example(file.name, _LANGUAGES[ending], code))
    return shown
