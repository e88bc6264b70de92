"""Options of a source, which are written as text, read as what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from allmanning.runtime.errors import InvalidInput

_YES = {"true", "yes", "ja", "1"}
_NO = {"false", "no", "nej", "0", ""}


def invalid(name: str, wanted: str) -> InvalidInput:
    return InvalidInput("source.option_invalid", f"Alternativet {name} ska vara {wanted}. (Invalid option.)")


def flag(options: Mapping[str, str], name: str, *, default: bool) -> bool:
    """Raises `InvalidInput`: `source.option_invalid`."""
    written = options.get(name)
    if written is None:
        return default
    if written.strip().lower() not in _YES | _NO:
        raise invalid(name, "true eller false")
    return written.strip().lower() in _YES


def whole_number(options: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    """From 0 to `most`. Raises `InvalidInput`: `source.option_invalid`."""
    written = options.get(name, str(default)).strip()
    if not (written.isascii() and written.isdigit() and len(written) < 10) or int(written) > most:
        raise invalid(name, f"ett heltal från 0 till {most}")
    return int(written)


def seconds(options: Mapping[str, str], name: str, default: float, *, most: float) -> float:
    """From 0 to `most`. Raises `InvalidInput`: `source.option_invalid`."""
    try:
        value = float(options.get(name, str(default)).replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise invalid(name, f"sekunder från 0 till {most:g}")
    return value


def words(options: Mapping[str, str], name: str) -> tuple[str, ...]:
    """What is separated by commas or spaces."""
    return tuple(options.get(name, "").replace(",", " ").split())


def wanted(name: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    """Whether a path passes both lists of patterns, where `*` also spans slashes; no `include` means everything."""
    included = not include or any(fnmatchcase(name, pattern) for pattern in include)
    return included and not any(fnmatchcase(name, pattern) for pattern in exclude)
