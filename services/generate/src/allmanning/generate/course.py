"""One question on its way through the service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from allmanning.contracts.access.v1.access_pb import Principal, Role
from allmanning.contracts.generate.v1.generate_pb import AnswerRequest, Cut, Matter, Sentence, Wording
from allmanning.contracts.passage.v1.passage_pb import ScoredPassage
from allmanning.contracts.retrieve.v1.retrieve_pb import SearchResponse
from allmanning.generate.admission.door import Visit
from allmanning.generate.authority import Authority
from allmanning.generate.conversation import Asking, Said
from allmanning.generate.decision import Decision
from allmanning.generate.draft import Draft, Task
from allmanning.generate.elsewhere import Elsewhere
from allmanning.generate.foreword import Foreword
from allmanning.generate.masking import masked, restored
from allmanning.generate.release import Release
from allmanning.generate.signals import signals_of
from allmanning.generate.style import Style, asks_for_easy_read
from allmanning.generate.terms import Terms
from allmanning.index.injection.disguise import visible

Found: TypeAlias = tuple[str, SearchResponse]
"""What was searched for, and what was found."""


class Course:
    """What is asked, what has been said, and what it has taken so far."""

    def __init__(self, request: AnswerRequest, principal: Principal, asked: Asking, decision: Decision) -> None:
        self.request = request
        self.principal = principal
        self.matter = request.matter or Matter()
        self.wording = request.wording or Wording()
        self.decision = decision
        known: Mapping[str, str] = {}
        earlier = []
        for each in asked.earlier:
            covered = masked(each.text, known)
            known = covered.values
            earlier.append(Said(each.asker, covered.text))
        before = masked(visible(asked.before), known)
        self.signals = signals_of(asked.question, before.values)
        self.masked = Asking(self.signals.question, before.text, tuple(earlier))
        self.visit: Visit | None = None
        self.found: asyncio.Task[Found] | None = None
        """The search, where it was begun before the rules were asked."""
        self.on: Terms
        """On what terms it is answered; set before anything else is done."""
        self.elsewhere: Elsewhere | None = None
        self.disputed = False
        """Two sources that say different things were released, and nothing after them."""
        self.foreword: Foreword | None = None
        self.told = ""
        """As the record has it: without the asker's own data."""
        self._shown = ""
        self.model = ""
        self.begun_tokens = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cut_off = False
        self.dropped = False
        # The authority alone instructs the model.
        self.not_followed = [f"messages[{n}]" for n, each in enumerate(request.messages) if each.role == "system"]

    def task(self, passages: Sequence[ScoredPassage], authority: Authority) -> Task:
        wording = self.wording
        style = Style(
            caseworker=self.principal.role is Role.CASEWORKER,
            easy_read=self.request.easy_read or asks_for_easy_read(self.masked.question),
            authority=authority.name,
            tone=authority.tone,
        )
        return Task(
            self.masked,
            self.signals.language,
            list(passages),
            self.request.max_tokens,
            seed=wording.seed if wording.has_field("seed") else None,
            temperature=wording.temperature if wording.has_field("temperature") else None,
            own_domains=authority.domains,
            style=style,
        )

    def own(self, sentence: Sentence) -> Sentence:
        """The sentence as the asker sees it, with his own data back."""
        cited = [each.passage.text for each in sentence.citations if each.passage is not None]
        text = restored(sentence.text, self.signals.covered, cited)
        self._shown += text
        return Sentence(text=text, citations=list(sentence.citations), language=sentence.language)

    def own_text(self, text: str) -> str:
        """All that is told, as the asker sees it: the sentences as they left, then the rest."""
        return self._shown + text[len(self.told) :] if text.startswith(self.told) else text

    @property
    def waited_ms(self) -> int:
        return self.visit.waited_ms if self.visit else 0

    @property
    def tokens(self) -> int:
        """What the model has used; the most that it may have, when it was begun and did not say."""
        return self.prompt_tokens + self.completion_tokens or self.begun_tokens

    def leave(self) -> None:
        """Give up the place, and what was begun."""
        if self.found is not None:
            self.found.cancel()
        if self.visit is not None:
            self.visit.leave(self.tokens)

    def count(self, draft: Draft) -> None:
        self.model = draft.model or self.model
        self.prompt_tokens += draft.prompt_tokens
        self.completion_tokens += draft.completion_tokens
        self.cut_off = self.cut_off or draft.cut_off
        self.dropped = self.dropped or bool(draft.dropped)
        self.not_followed += draft.not_followed


def cut_of(course: Course, release: Release) -> Cut:
    """What cut the answer short, if anything did."""
    if release.at_stop:
        return Cut.STOP
    # What was drafted and dropped ends an answer for want of support, not of room.
    cut_off = course.cut_off and not release.stopped and (release.text or not course.dropped)
    return Cut.LENGTH if cut_off else Cut.UNSPECIFIED
