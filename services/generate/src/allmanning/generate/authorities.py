"""The authorities that the operator has written files about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from allmanning.generate.authority import Authority
from allmanning.runtime.errors import Refused


class Authorities:
    """Looks up an authority by its id; one without a file has the defaults."""

    def __init__(self, known: Mapping[str, Authority] | None = None) -> None:
        self._known = known or {}

    @classmethod
    def read(cls, path: Path | None) -> Authorities:
        """One file, or every `*.yaml` of a folder.

        Raises:
            Refused: `authorities.invalid`, for a file that can't be read or says what no authority has.
        """
        if path is None:
            return cls()
        known: dict[str, Authority] = {}
        for each in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
            authority = _read(each)
            if not authority.id or authority.id in known:
                raise _invalid(each, "id saknas eller finns i en annan fil")
            known[authority.id] = authority
        return cls(known)

    def of(self, authority: str) -> Authority:
        return self._known.get(authority) or Authority(id=authority)


def _read(path: Path) -> Authority:
    try:
        return Authority.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise _invalid(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise _invalid(path, type(error).__name__) from error


def _invalid(path: Path, why: str) -> Refused:
    return Refused("authorities.invalid", f"Filen {path.name} om myndigheten går inte att använda ({why}).")
