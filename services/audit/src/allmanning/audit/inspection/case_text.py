"""The same as the page for the case file, for systems that take plain text or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from allmanning.audit.inspection.case_file import case_file
from allmanning.audit.inspection.case_sections import GONE, Section, sections
from allmanning.runtime.record import Json, canonical


def case_text(seen: Mapping[str, Json], authority: str, case_number: str) -> bytes:
    """Plain text, UTF-8."""
    title = f"Underlag till beslut {seen['decision']}"
    lines = [title, "=" * len(title)]
    for each in sections(seen, authority, case_number):
        lines += ["", each.heading, "-" * len(each.heading), *_lines(each)]
    return ("\n".join(lines) + "\n").encode()


def case_json(seen: Mapping[str, Json], authority: str, case_number: str) -> bytes:
    """RFC 8785 canonical JSON: what was seen, under `seen`."""
    return canonical({"authority": authority, "case_number": case_number, "seen": dict(seen)})


def _lines(section: Section) -> Iterator[str]:
    if section.rows:
        yield from (f"{name}: {value}" for name, value in section.rows)
        return
    if section.verbatim:
        yield section.verbatim
        return
    if section.line:
        yield section.line
    said = [GONE] if section.quote is None else [each for each in section.quote.splitlines() if each.strip()]
    yield from (f"    {each}" for each in said)


FORMS: Final[Mapping[str, Callable[[Mapping[str, Json], str, str], bytes]]] = {
    "html": case_file,
    "text": case_text,
    "json": case_json,
}
