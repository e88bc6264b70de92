"""Read a registry, and say at which line what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from allmanning.generate.model.registry import Key, Model, Registry
from allmanning.runtime.errors import Refused

_Place = tuple[str | int, ...]
_LARGEST_BYTES: Final = 1_000_000
_SHOWN: Final = 10
_KNOWN: Final[Mapping[str | int, type[BaseModel]]] = {"models": Model, "key": Key}


def read_registry(file: Path) -> Registry:
    """The registry in a YAML file; pipelines that it names are relative to the file.

    Raises:
        Refused: `models.unreadable`, or `models.invalid` with the line and place of each fault.
    """
    text = _text(file)
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        content: object = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" rad {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "för djupt nästlad"
        raise _invalid([f"{file}{where}: är inte YAML: {what}"]) from error
    twice = [f"{file} rad {key.start_mark.line + 1}: {key.value} står två gånger" for key in _twice(tree)]
    if twice:
        raise _invalid(twice)
    registry = checked(content, source=str(file), tree=tree)
    return registry.model_copy(update={"models": tuple(_below(file.parent, each) for each in registry.models)})


def _text(file: Path) -> str:
    told = f"Modellregistret {file} går inte att läsa (the registry cannot be read)"
    try:
        content = file.read_bytes()
        if len(content) > _LARGEST_BYTES:
            raise Refused("models.unreadable", f"{told}: det är större än 1 MB.")
        return content.decode()
    except UnicodeDecodeError as error:
        raise Refused("models.unreadable", f"{told}: det är inte UTF-8.") from error
    except OSError as error:
        raise Refused("models.unreadable", f"{told}: {error.strerror}.") from error


def checked(content: object, *, source: str, tree: yaml.Node | None = None) -> Registry:
    """A registry of this content.

    Raises:
        Refused: `models.invalid`.
    """
    try:
        registry = Registry.model_validate(content)
    except ValidationError as error:
        faults = [(each["loc"], _said(each)) for each in error.errors(include_url=False, include_input=False)]
        raise _invalid(_told(faults, source, tree)) from None
    if faults := list(registry.faults()):
        raise _invalid(_told(faults, source, tree))
    return registry


def _below(folder: Path, model: Model) -> Model:
    return model.model_copy(update={"pipeline": folder / model.pipeline}) if model.pipeline else model


def _told(faults: Sequence[tuple[_Place, str]], source: str, tree: yaml.Node | None) -> list[str]:
    return [f"{source}{_line(tree, place)}: {_spelled(place) or 'filen'} {what}" for place, what in faults]


def _invalid(told: Sequence[str]) -> Refused:
    more = [f"… och {len(told) - _SHOWN} till"] if len(told) > _SHOWN else []
    text = "\n".join(["Modellregistret är fel. (The registry of models is wrong.)", *told[:_SHOWN], *more])
    return Refused("models.invalid", text)


def _spelled(place: _Place) -> str:
    """`models[0].api`, counted as the file's reader counts: from 1."""
    said = ""
    for step in place:
        said += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if said else step
    return said


def _line(tree: yaml.Node | None, place: _Place) -> str:
    """Where in the file the place is, or what holds it when it is missing."""
    if tree is None:
        return ""
    line = tree.start_mark.line
    for step in place:
        if isinstance(tree, yaml.MappingNode):
            found = next(((key, value) for key, value in tree.value if key.value == step), None)
            if found is None:
                break
            line, tree = found[0].start_mark.line, found[1]
        elif isinstance(tree, yaml.SequenceNode) and isinstance(step, int) and step < len(tree.value):
            tree = tree.value[step]
            line = tree.start_mark.line
    return f" rad {line + 1}"


def _said(error: ErrorDetails) -> str:
    place, kind = error["loc"], error["type"]
    if kind == "missing":
        return "saknas (missing)"
    if kind == "extra_forbidden":
        holder: type[BaseModel] = next((_KNOWN[step] for step in reversed(place[:-1]) if step in _KNOWN), Registry)
        return f"är okänt; kända är {', '.join(holder.model_fields)} (unknown)"
    if place[-1:] == ("key",):
        return "ska vara {env: NAMN} eller {file: SÖKVÄG}; själva nyckeln får inte stå här (a reference, never the key)"
    if kind == "literal_error":
        return f"ska vara {error['ctx']['expected'].replace(' or ', ' eller ')}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    return f"är fel: {error['msg']}"


def _twice(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Keys that stand twice in a mapping, of which YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for each in node.value:
            yield from _twice(each)
