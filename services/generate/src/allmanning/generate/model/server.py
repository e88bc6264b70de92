"""Where the model is and how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from allmanning.generate.settings import GenerateSettings

if TYPE_CHECKING:
    from allmanning.generate.model.registry import Model


@dataclass(frozen=True)
class ModelServer:
    """A model's servers and the sampling that every question uses."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    timeout_s: float = 60.0
    """Longest silence."""
    max_tokens: int = 512
    temperature: float = 0.0
    seed: int = 1
    stop: tuple[str, ...] = ()
    more_urls: tuple[str, ...] = ()
    """Other servers that run the same model."""
    capacity: int = 8
    """Requests that each server answers at once."""
    hedge: bool = True
    context_tokens: int = 0
    """How much the model reads at once; 0: unknown."""
    probe_every_s: float = 5.0

    @classmethod
    def of(cls, model: Model, settings: GenerateSettings) -> ModelServer:
        """The servers of a model in the registry.

        Raises:
            Refused: `models.key_missing`.
        """
        # The key of the settings belongs to the settings' own model, not to every server of a registry.
        given = settings.model_key.get_secret_value() if settings.model_registry is None else ""
        key = model.key.read() if model.key else given
        return cls(
            url=next(iter(model.replicas), ""),
            more_urls=model.replicas[1:],
            name=model.name,
            key=key,
            timeout_s=settings.model_timeout_s,
            max_tokens=settings.model_max_tokens,
            temperature=settings.model_temperature,
            seed=settings.model_seed,
            stop=settings.model_stop,
            capacity=model.capacity,
            hedge=model.hedge,
            context_tokens=model.context_tokens,
            probe_every_s=settings.model_probe_s,
        )

    @property
    def urls(self) -> tuple[str, ...]:
        """Every server, in the order in which the record counts them, from 1."""
        return (self.url, *self.more_urls)

    @property
    def sampling(self) -> Mapping[str, object]:
        """The fields of the chat API that both dialects share."""
        fields: dict[str, object] = {
            "max_tokens": self.max_tokens,
            "temperature": self.temperature,
            "seed": self.seed,
        }
        return fields | {"stop": list(self.stop)} if self.stop else fields
