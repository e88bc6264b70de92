"""Who may word answers: the chain that the operator's registry begins with, and those that begin with another model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from allmanning.generate.answerer import Links, answerer_of
from allmanning.generate.authority import Authority
from allmanning.generate.choices.choice import Choice
from allmanning.generate.draft import Answerer
from allmanning.generate.model.chain import Chain
from allmanning.generate.model.registry import EXTRACTIVE, SECRECY, Registry
from allmanning.generate.pins import pins_of
from allmanning.generate.settings import GenerateSettings
from allmanning.generate.support.verifier import Verifier
from allmanning.generate.terms import Terms
from allmanning.runtime.errors import InvalidInput, Refused

log = logging.getLogger(__name__)


class Answerers:
    """Each is made ready when somebody first chooses it; a model has the same servers in every chain."""

    def __init__(self, settings: GenerateSettings, registry: Registry | None, verifier: Verifier) -> None:
        """Raises `Refused`: `models.key_missing`, `models.no_server`, for the chain that the registry begins with."""
        self._settings = settings
        self._registry = registry
        self._links = Links(settings, verifier)
        self.default = answerer_of(registry, self._links, None if registry else settings.generate_pipeline)
        self._made: dict[str, Answerer] = {self.first: self.default}
        self._pins: dict[str, Mapping[str, bytes]] = {self.first: pins_of(settings, self.default, registry)}
        self._making = asyncio.Lock()
        self._are_warm: set[int] = set()

    @property
    def first(self) -> str:
        """Who is asked first where nothing is chosen."""
        return self._registry.chain[0].name if self._registry else EXTRACTIVE

    @property
    def names(self) -> Sequence[str]:
        """What can be chosen: every model, and the documents' own sentences."""
        return [*(each.name for each in self._registry.models), EXTRACTIVE] if self._registry else [EXTRACTIVE]

    def registry(self, name: str) -> Registry | None:
        """The registry as it is when `name` is asked first; None: no model is."""
        if self._registry is None or name == EXTRACTIVE:
            return None
        return self._registry.model_copy(update={"first": name or self.first})

    def registry_of(self, terms: Terms) -> Registry | None:
        """The registry as the terms' answerer goes through it."""
        return self.registry(next(name for name, made in self._made.items() if made is terms.answerer))

    def chain(self, name: str) -> list[str]:
        """Who is asked, in order, when `name` is asked first."""
        registry = self.registry(name)
        if registry is None:
            return [EXTRACTIVE]
        return [*(each.name for each in registry.chain), *([EXTRACTIVE] if registry.ends_extractive else [])]

    def barred(self, name: str, authority: Authority) -> bool:
        """Whether the registry lets the model see less than the authority demands of the one it asks first."""
        registry = self.registry(name)
        return registry is not None and not registry.chain[0].may_see(SECRECY[authority.model_secrecy])

    async def check(self, name: str, authority: Authority) -> None:
        """See that a model can be chosen, and make it ready; the empty name is the registry's own choice.

        Raises:
            InvalidInput: `choice.model_unknown`. Refused: `choice.model_barred`, `models.key_missing`.
        """
        if not name:
            return
        if name not in self.names:
            raise InvalidInput(
                "choice.model_unknown",
                f"Det finns ingen modell {name} i registret. Välj bland {', '.join(self.names)}. (No such model.)",
            )
        if self.barred(name, authority):
            raise Refused(
                "choice.model_barred",
                f"Registret låter inte {name} läsa stycken av klassen {authority.model_secrecy}, som myndigheten har. "
                "Välj en annan modell. (The registry bars that model from passages of this class.)",
            )
        await self._ready(name)

    async def terms(self, authority: Authority, choice: Choice) -> Terms:
        """On what terms an authority's questions are answered. A model that is gone from the registry is not asked."""
        name = choice.model or self.first
        if name not in self.names or self.barred(name, authority):
            log.warning("the model that an authority has chosen can't be asked any longer: the registry's first is")
            name = self.first
        return Terms.of(await self._ready(name), choice.worn(authority), self._pins[name])

    async def warm_up(self) -> None:
        await self._warm(self.default)

    async def close(self) -> None:
        await self._links.close()
        for each in self._made.values():
            if not isinstance(each, Chain):
                await each.close()

    async def _warm(self, answerer: Answerer) -> None:
        """What stands in another chain is warm already."""
        for each in [link.answerer for link in answerer.links] if isinstance(answerer, Chain) else [answerer]:
            if id(each) not in self._are_warm:
                await each.warm_up()
                self._are_warm.add(id(each))

    async def _ready(self, name: str) -> Answerer:
        async with self._making:
            if name not in self._made:
                registry = self.registry(name)
                made = answerer_of(registry, self._links)
                await self._warm(made)
                self._pins[name] = pins_of(self._settings, made, registry)
                self._made[name] = made
            return self._made[name]
