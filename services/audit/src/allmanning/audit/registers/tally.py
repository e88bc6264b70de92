"""How many questions there are of each kind, kept up with the questions in the transaction that changes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Final

from sqlalchemy import BigInteger, ClauseElement, bindparam, delete, func, literal_column, select
from sqlalchemy.engine import Connection

from allmanning.audit.log.bulk import Bulk
from allmanning.audit.log.database import inserting
from allmanning.audit.registers.schema import counts, use

_CHUNK: Final = 500
_KIND: Final = [name for name in counts.columns.keys() if name != "number"]  # noqa: SIM118 - a collection by name
# A number that is no parameter.
_ZERO: Final = literal_column("0", BigInteger)
_OF: Final = [use.c[name] for name in _KIND]


@contextmanager
def kept(connection: Connection, named: Iterable[tuple[str, str]]) -> Iterator[None]:
    """Count again what changes of these questions (authority and decision) meanwhile."""
    names = sorted(set(named))
    before = _counted(connection, names)
    yield
    change = _counted(connection, names)
    change.subtract(before)
    _CHANGE.run(connection, [(*kind, number) for kind, number in sorted(change.items()) if number])
    _NONE.run(connection, [kind for kind, number in sorted(change.items()) if number < 0])


def _counted(connection: Connection, names: list[tuple[str, str]]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for authority, theirs in groupby(names, key=lambda name: name[0]):
        wanted = [decision for _, decision in theirs]
        for start in range(0, len(wanted), _CHUNK):
            within = use.c.decision.in_(wanted[start : start + _CHUNK])
            query = select(*_OF, func.count()).where(use.c.authority == authority, within).group_by(*_OF)
            found.update({tuple(kind): number for *kind, number in connection.execute(query)})
    return found


def _change(dialect: str) -> ClauseElement:
    insert = inserting(dialect, counts)
    more = {"number": counts.c.number + insert.excluded.number}
    return insert.on_conflict_do_update(index_elements=_KIND, set_=more)


def _none(_: str) -> ClauseElement:
    return delete(counts).where(
        *(counts.c[name] == bindparam(f"of_{name}") for name in _KIND), counts.c.number == _ZERO
    )


_CHANGE: Final = Bulk(counts.columns.keys(), _change)
_NONE: Final = Bulk([f"of_{name}" for name in _KIND], _none)
