"""Tables and facts for tests of the rules."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from allmanning.audit.gate.facts import NUMBERS, TEXTS, TRUTHS, WORDS, Facts, share
from allmanning.audit.gate.table import NATIONAL, OWN, Table
from allmanning.runtime.record import Json

USES = ("allmän fråga", "bygglov")


def row(name: str, **changes: Json) -> dict[str, Json]:
    """A row that sends everything to review."""
    basis: Json = {"sfs": "2017:900", "kap": "", "paragraf": "5", "lydelse": "2018-07-01"}
    return {
        "regel": name,
        "text": "t",
        "villkor": {},
        "utfall": "granska",
        "lagrum": basis,
        "ägare": "Kommunjuristen",
        "gäller från": "2026-01-01",
        "kompetens": "handläggare",
        "besked": "review",
        "exempel": [{}],
    } | changes


def table(*rows: Json, level: str = NATIONAL, closing: bool = True) -> Table:
    """A table of these rows; a national one gets its last."""
    last = [row("G")] if level == NATIONAL and closing else []
    return Table.from_value({"nivå": level, "tabell": "t", "utgåva": "1", "regler": [*rows, *last]})


def own(*rows: Json) -> Table:
    return table(*rows, level=OWN)


FACTS: st.SearchStrategy[Facts] = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(sorted(words)) for name, words in WORDS.items()}
    | {name: st.sampled_from([*USES, "annat"]) for name in TEXTS}
    | dict.fromkeys(TRUTHS, st.booleans())
    | dict.fromkeys(NUMBERS, st.one_of(st.sampled_from([0.0, 0.4, 0.75, 1.0]), st.floats(0, 1).map(share))),
)

_COMPARED = st.builds(
    "{} {}".format, st.sampled_from(["minst", "över", "högst", "under"]), st.sampled_from(["0", "0,4", "0,75", "1"])
)


def _words(name: str, words: Sequence[str]) -> st.SearchStrategy[tuple[str, Json]]:
    one = st.sampled_from(sorted(words))
    return st.tuples(st.just(name), st.one_of(one, st.lists(one, min_size=1, unique=True)))


def conditions(columns: Sequence[str], most: int) -> st.SearchStrategy[dict[str, Json]]:
    """Conditions on some of these columns, at least one."""
    cells: list[st.SearchStrategy[tuple[str, Json]]] = [
        *(_words(name, tuple(words)) for name, words in WORDS.items() if name in columns),
        *(_words(name, USES) for name in TEXTS if name in columns),
        *(st.tuples(st.just(name), st.sampled_from(["ja", "nej"])) for name in TRUTHS if name in columns),
        *(
            st.tuples(st.just(name), st.one_of(_COMPARED, st.builds("{} och {}".format, _COMPARED, _COMPARED)))
            for name in NUMBERS
            if name in columns
        ),
    ]
    return st.lists(st.one_of(cells), min_size=1, max_size=most).map(dict)


ALL_COLUMNS = (*WORDS, *TEXTS, *TRUTHS, *NUMBERS)
TABLES = st.lists(conditions(ALL_COLUMNS, 4), min_size=1, max_size=6).map(
    lambda rows: table(*(row(f"R{number}", villkor=cells) for number, cells in enumerate(rows)))
)
