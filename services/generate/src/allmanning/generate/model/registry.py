"""The models that may word answers: where they run, what each may see, and who steps in for whom."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from allmanning.contracts.access.v1.access_pb import Secrecy
from allmanning.generate.settings import GenerateSettings
from allmanning.runtime.errors import Refused

EXTRACTIVE: Final = "extractive"
NONE: Final = "none"
SecrecyClass = Literal["open", "internal", "secret"]
SECRECY: Final[Mapping[SecrecyClass, Secrecy]] = {
    "open": Secrecy.OPEN,
    "internal": Secrecy.INTERNAL,
    "secret": Secrecy.SECRET,
}


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("ska vara en adress som börjar med http:// eller https://")
    if parts.username or parts.password:
        raise ValueError("ska inte innehålla användarnamn eller lösenord; ange key i stället")
    return url.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\s,]+$")]


class Key(BaseModel):
    """Where a model server's bearer token is kept; it never stands in the registry itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str = ""
    """Environment variable that holds it."""

    file: Path | None = None
    """File that holds it, such as /run/secrets/vllm."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("ska ha antingen env eller file")
        return self

    def read(self) -> str:
        """The token.

        Raises:
            Refused: `models.key_missing`.
        """
        try:
            found = self.file.read_text(encoding="utf-8").strip() if self.file else os.environ.get(self.env, "")
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found:
            place = f"filen {self.file}" if self.file else f"miljövariabeln {self.env}"
            raise Refused(
                "models.key_missing",
                f"Nyckeln till modellservern saknas: {place} är tom eller går inte att läsa. "
                "(The model server's key is missing there.)",
            )
        return found


class Model(BaseModel):
    """One model and the servers that run it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Name
    """Name under which its servers know it; on record with every answer."""

    api: Literal["tgi", "openai"]
    """tgi, or any server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp."""

    replicas: tuple[Address, ...] = Field(default=(), max_length=64)
    """Base addresses of the servers that run it, such as http://gpu-1:8000/v1 (openai) or http://gpu-1:8080 (tgi)."""

    key: Key | None = None
    """Where the servers' bearer token is kept; left out: none is sent."""

    digest: str = Field(default="", pattern=r"^(sha256:[0-9a-f]{64}|[0-9a-f]{40})?$")
    """SHA-256 of the weights, or the commit they were taken from; pinned with every answer."""

    context_tokens: int = Field(default=0, ge=0, le=100_000_000)
    """How much it reads at once, question, passages and answer together; 0: unknown."""

    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], ...] = ()
    """Languages it may answer in, such as [sv, en]; empty: any."""

    highest_secrecy: SecrecyClass = "open"
    """The strictest class of passage that it may see."""

    approved: bool = False
    """The authority has decided that it may answer without a caseworker reading first."""

    capacity: int = Field(default=8, ge=1, le=4096)
    """Requests that each replica answers at once; more wait with us, not in the server's own queue."""

    hedge: bool = True
    """Ask a second replica when the first is late with its first words, and take the one that begins first."""

    fallback: str = EXTRACTIVE
    """Who is asked when this one cannot: another model's name, extractive (the documents' own sentences), or none."""

    pipeline: Path | None = None
    """Haystack pipeline (YAML) in place of the one that comes with its api."""

    def may_see(self, secrecy: Secrecy) -> bool:
        """Whether it may be given a passage of this class; an unknown class counts as the strictest."""
        return (secrecy or Secrecy.SECRET) <= SECRECY[self.highest_secrecy]

    def may_answer_in(self, language: str) -> bool:
        return not self.languages or language in self.languages


class Registry(BaseModel):
    """The models."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    models: tuple[Model, ...] = Field(min_length=1, max_length=64)
    """In any order."""

    first: str = ""
    """Who is asked first; left out: the first in the list."""

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What does not fit together, each with its place in the registry."""
        names = [each.name for each in self.models]
        if self.first and self.first not in names:
            yield ("first",), f"ska vara en av modellerna: {', '.join(names)}"
        for place, model in enumerate(self.models):
            if model.name in (EXTRACTIVE, NONE):
                yield ("models", place, "name"), f"får inte vara {model.name}"
            if model.name in names[:place]:
                yield ("models", place, "name"), f"{model.name} finns redan"
            # A pipeline of the operator's own may bring its server.
            if not model.replicas and model.pipeline is None:
                yield ("models", place, "replicas"), "behöver minst en adress"
            if len(set(model.replicas)) < len(model.replicas):
                yield ("models", place, "replicas"), "har samma adress två gånger"
            if model.fallback not in (*names, EXTRACTIVE, NONE):
                known = ", ".join([*(name for name in names if name != model.name), EXTRACTIVE, NONE])
                yield ("models", place, "fallback"), f"ska vara ett av: {known}"
            elif self._returns_to(model):
                yield ("models", place, "fallback"), f"leder tillbaka till {model.name}"

    def _returns_to(self, model: Model) -> bool:
        by_name = {each.name: each for each in self.models}
        seen: set[str] = set()
        then = model.fallback
        while then in by_name and then not in seen:
            if then == model.name:
                return True
            seen.add(then)
            then = by_name[then].fallback
        return False

    @property
    def chain(self) -> Sequence[Model]:
        """Who is asked, in order."""
        by_name = {each.name: each for each in self.models}
        asked = [by_name[self.first or self.models[0].name]]
        while (then := by_name.get(asked[-1].fallback)) is not None:
            asked.append(then)
        return asked

    @property
    def ends_extractive(self) -> bool:
        """Whether the documents' own sentences are the last resort."""
        return self.chain[-1].fallback == EXTRACTIVE


def registry_of(settings: GenerateSettings) -> Registry | None:
    """The models that the settings name: those of a registry file, or a single one. None: no model at all.

    Raises:
        Refused: `models.ambiguous`, `models.unreadable`, `models.invalid`.
    """
    if settings.model_registry is not None:
        if settings.model_api != EXTRACTIVE or settings.generate_pipeline is not None:
            raise Refused(
                "models.ambiguous",
                "ALLMANNING_MODEL_REGISTRY gäller i stället för ALLMANNING_MODEL_API och "
                "ALLMANNING_GENERATE_PIPELINE; ta bort de senare. (The registry stands in place of those.)",
            )
        from allmanning.generate.model.registry_file import read_registry

        return read_registry(settings.model_registry)
    if settings.model_api == EXTRACTIVE:
        return None
    from allmanning.generate.model.registry_file import checked

    return checked(
        {
            "models": [
                {
                    "name": settings.model_name or "unnamed",
                    "api": settings.model_api,
                    "replicas": [each.strip() for each in settings.model_url.split(",") if each.strip()],
                    "digest": settings.model_digest,
                    "context_tokens": settings.model_context_tokens,
                    "languages": list(settings.model_languages),
                    "highest_secrecy": settings.model_highest_secrecy,
                    "approved": settings.model_approved,
                    "capacity": settings.model_capacity,
                    "fallback": settings.model_fallback,
                    "pipeline": settings.generate_pipeline,
                }
            ]
        },
        source="ALLMANNING_MODEL_*",
    )
