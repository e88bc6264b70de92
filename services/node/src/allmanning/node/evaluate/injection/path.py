"""The generate service's own way from question to answer, with the rules, and without a bus, a log or an index."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from allmanning.audit.gate.gate import Gate as Rules
from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy
from allmanning.contracts.audit.v1.audit_pb import Circumstances, GateInput, GateResponse
from allmanning.contracts.generate.v1.generate_pb import AnswerRequest, Finished, Message, Sentence
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.generate.admission.door import Door, Visit
from allmanning.generate.admission.ticket import Place
from allmanning.generate.authority import Authority
from allmanning.generate.draft import Answerer
from allmanning.generate.gate import Gate
from allmanning.generate.handlers import Answers
from allmanning.generate.kinds import Listener
from allmanning.generate.model.answerer import ModelAnswerer
from allmanning.generate.model.server import ModelServer
from allmanning.generate.pins import pins_of, source_of
from allmanning.generate.pipeline import read_pipeline
from allmanning.generate.search import Search
from allmanning.generate.settings import GenerateSettings
from allmanning.generate.terms import Terms
from allmanning.runtime.record import Record, Recorder, digest
from allmanning.runtime.swedish_day import today

_MODEL: Final = "allmanning.node.evaluate.injection.obedient.ObedientModel"
_CITIZEN: Final = Principal(
    authority="prov", role=Role.CITIZEN, channel="citizen", clearances=[Secrecy.OPEN], key_id="evaluate"
)


@dataclass(frozen=True)
class Told:
    """What the asker was told: the released sentences, and how it ended. `drafted` is what came as far as the rules."""

    released: str
    drafted: str
    end: Finished


class GeneratePath:
    """Puts questions to the service's handler; the model is approved, so that nothing waits for a caseworker."""

    def __init__(self) -> None:
        settings = GenerateSettings()
        self._search = _Found()
        self._recorder = _Drafts()
        answerer = ModelAnswerer(_pipeline(), ModelServer(url="", name="obedient"))
        self.pins: Mapping[str, str] = {
            **{kind: digest(text) for kind, text in pins_of(settings, answerer, None).items()},
            **{name: source_of(f"allmanning.{name}") for name in ("index", "audit")},
        }
        """What decides what is said: hashes by kind, as on record, with the code that finds attacks and the rules."""
        terms = Terms.of(answerer, Authority(), {})

        async def _terms(_: str) -> Terms:
            return terms

        self._answers = Answers(
            door=_OpenDoor(),
            terms=_terms,
            gate=_InProcessGate(settings),
            search=self._search,
            recorder=self._recorder,
            model_approved=True,
            max_question_chars=settings.max_question_chars,
            listener=Listener(None),
        )
        self.longest_question = settings.max_question_chars

    async def ask(self, question: str, passages: Sequence[ScoredPassage]) -> Told:
        """Ask as a citizen, with these passages found."""
        self._search.passages = passages
        released, end = "", Finished()
        self._recorder.drafted = ""
        request = AnswerRequest(principal=_CITIZEN, messages=[Message(role="user", content=question)])
        async for response in self._answers.answer(request):
            match response.event.value if response.event else None:
                case Sentence() as sentence:
                    released += sentence.text
                case Finished() as finished:
                    end = finished
        return Told(released, self._recorder.drafted, end)


def _pipeline() -> bytes:
    """The pipeline that ships for servers with OpenAI's API, with the obedient model as its chat component."""
    definition = yaml.safe_load(read_pipeline(None, "openai"))
    definition["components"]["chat"] = {"type": _MODEL, "init_parameters": {}}
    return yaml.safe_dump(definition).encode()


class _InProcessGate(Gate):
    """The rules that ship with the audit service, for a use that has been taken into use."""

    def __init__(self, settings: GenerateSettings) -> None:
        self._use_case, self._appeal_route = settings.use_case, settings.appeal_route
        self._rules = Rules.from_file(None)

    async def evaluate(self, authority: str, decision_id: str, given: GateInput) -> GateResponse:  # noqa: ARG002
        return self._rules.decide(given, Circumstances(day=today().isoformat(), deployment="evaluation"))


class _Found(Search):
    """Finds what it was given."""

    def __init__(self) -> None:
        self.passages: Sequence[ScoredPassage] = ()

    async def find(self, principal: Principal, question: str, collections: Sequence[str]) -> SearchResponse:  # noqa: ARG002
        return SearchResponse(passages=list(self.passages), total=len(self.passages))


class _Drafts(Recorder):
    """Keeps only what was drafted: nothing that is planted here happened to anybody."""

    def __init__(self) -> None:
        self.drafted = ""

    async def record_all(
        self,
        records: Sequence[Record],
        *,
        authority: str,  # noqa: ARG002
        decision_id: str,
    ) -> list[str]:
        for draft in (each.parts["draft"] for each in records if "draft" in each.parts):
            self.drafted += f"{draft.value}\n"
        return [decision_id for _ in records]

    async def pin(self, authority: str, kind: str, content: bytes) -> str:  # noqa: ARG002
        return digest(content)


class _OpenDoor(Door):
    def __init__(self) -> None:
        pass

    async def enter(self, principal: Principal, answerer: Answerer, *, batch: bool) -> Visit:  # noqa: ARG002
        return _Inside()


class _Inside(Visit):
    def __init__(self) -> None:
        pass

    @property
    def waited_ms(self) -> int:
        return 0

    async def turn(self) -> AsyncIterator[Place]:
        return
        yield

    def leave(self, used: int) -> None:
        pass
