"""Every page and every form that the gateway has, as somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal, get_args, get_origin
from urllib.parse import quote

from annotated_types import MaxLen
from fastapi import UploadFile
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from allmanning.gateway import pages

# As much as anybody types into a field without a limit of its own.
_LONG: Final = 2_000
NOWHERE: Final = "01900000-0000-7000-8000-000000000000"
_NAMES: Final[Mapping[str, str]] = {
    "/admin/collections/{name}": "collection",
    "/api/reference/{name}": "group",
    "/signin/oidc/{name}": "provider",
}
_FIXED: Final[Mapping[str, str]] = {"group": "reviews", "provider": "ingen", "number": "1"}


@dataclass(frozen=True)
class Face:
    """A page (GET) or a form (POST).

    `fields` is the least that the form must hold, `texts` what it may say in words, and how many characters.
    """

    method: str
    path: str
    fields: Mapping[str, str]
    files: Sequence[str] = ()
    texts: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def takes_object(self) -> bool:
        return "{" in self.path

    def of(self, known: Mapping[str, str], otherwise: str = "") -> str:
        """The address, of the known thing of each kind; without `known` the thing is `otherwise`."""
        address = self.path
        while "{" in address:
            name = address[address.index("{") + 1 : address.index("}")]
            kind = _NAMES.get(self.path, name) if name == "name" else name
            value = otherwise or _FIXED.get(kind) or known[kind]
            address = address.replace("{" + name + "}", quote(value, safe=""))
        return address


def faces() -> list[Face]:
    """Everything that `pages` serves, by address."""
    found = [
        Face(method, each.path, *_least(each.original_route.dependant))  # type: ignore[union-attr]
        for each in iter_route_contexts(pages.router.routes)
        for method in sorted(each.methods or ())
    ]
    return sorted(found, key=lambda face: (face.path, face.method))


def _least(dependant: Dependant) -> tuple[dict[str, str], list[str], dict[str, int]]:
    fields: dict[str, str] = {}
    files: list[str] = []
    texts: dict[str, int] = {}
    for name, info in _body(dependant):
        kind = info.annotation
        if UploadFile in (kind, *get_args(kind)):
            files.append(name)
        elif info.is_required():
            fields[name] = _value(kind)
        if kind is str:
            texts[name] = next((each.max_length for each in info.metadata if isinstance(each, MaxLen)), _LONG)
    return fields, files, texts


def _body(dependant: Dependant) -> Iterator[tuple[str, FieldInfo]]:
    """Each field of a form, by name."""
    for each in dependant.body_params:
        kind = each.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from kind.model_fields.items()
        else:
            yield each.alias, each.field_info
    for inner in dependant.dependencies:
        yield from _body(inner)


def _value(kind: Any) -> str:
    """A value that a field of this type takes."""
    if get_origin(kind) in (list, Annotated):
        return _value(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return str(get_args(kind)[0])
    return "1" if kind in (int, float) else "x"
