"""The question in a conversation, and what it refers back to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from allmanning.contracts.generate.v1.generate_pb import Message
from allmanning.generate.extract.terms import terms
from allmanning.runtime.errors import InvalidInput

_ROLES = frozenset({"user", "assistant", "system"})
_REFERS_BACK = re.compile(
    r"^(?:och|men|då|fast|även|samma|också|and|but|what about|how about)\b"
    r"|\b(?:det|den|de|dem|detta|denna|dessa|dit|därifrån|där|sådan\w*|it|that|those|them|they|there)\b",
    re.IGNORECASE,
)
_FEWEST_TERMS = 3
_TOO_FEW_TERMS = 1
# A question that points back to one that points back: so far, and no farther.
_LONGEST_CHAIN = 3


@dataclass(frozen=True)
class Memory:
    """How much of a conversation is read beside its last question."""

    turns: int = 6
    """Questions and answers, each counted."""
    chars: int = 4000


@dataclass(frozen=True)
class Said:
    """Something said earlier, as the caller tells it: nothing is answered from it."""

    asker: bool
    """By the asker; otherwise it was an answer."""
    text: str


@dataclass(frozen=True)
class Asking:
    """The last question and, when it cannot be understood alone, those before it that it points back to."""

    question: str
    before: str = ""
    earlier: tuple[Said, ...] = ()
    """What was said last before it, oldest first, within the memory's limits."""

    @property
    def full(self) -> str:
        """What is searched for: the question with what it refers to."""
        return f"{self.before} {self.question}".strip()


def asking(messages: Sequence[Message], max_chars: int, memory: Memory = Memory()) -> Asking:
    """The question that a conversation ends with, however long it is.

    A question is taken together with the one before it when it has a single search term, or up to three and a word
    that points back ("Och hur mycket kostar det?"); that one in its turn with the one before, three at most.

    Raises:
        InvalidInput: `messages.invalid`, `question.empty` or `question.too_long`.
    """
    if not messages or messages[-1].role != "user" or any(each.role not in _ROLES for each in messages):
        raise InvalidInput(
            "messages.invalid", "Samtalet ska sluta med en fråga: ett meddelande med rollen user."
        )  # fmt: skip
    question = messages[-1].content.strip()
    if not question:
        raise InvalidInput("question.empty", "Frågan är tom. Skriv vad du undrar över.")
    if len(question) > max_chars:
        raise InvalidInput(
            "question.too_long",
            f"Frågan är {len(question)} tecken lång. Högst {max_chars} går bra."
            f" (The question is {len(question)} characters long. At most {max_chars} will do.)",
        )
    spoken = [Said(each.role == "user", text) for each in messages[:-1] if (text := _spoken(each))]
    return Asking(question, _before(question, spoken, max_chars), _remembered(spoken, memory))


def _spoken(message: Message) -> str:
    return message.content.strip() if message.role != "system" else ""


def _before(question: str, spoken: Sequence[Said], max_chars: int) -> str:
    """The questions that this one points back to, oldest first."""
    chain: list[str] = []
    pointing = question
    for said in reversed([each.text for each in spoken if each.asker]):
        if not _is_elliptic(pointing) or len(chain) == _LONGEST_CHAIN:
            break
        chain.insert(0, said)
        pointing = said
    return " ".join(chain)[-max_chars:]


def _remembered(spoken: Sequence[Said], memory: Memory) -> tuple[Said, ...]:
    kept: list[Said] = []
    left = memory.chars
    for said in reversed(spoken[max(0, len(spoken) - memory.turns) :]):
        if len(said.text) > left:
            break
        left -= len(said.text)
        kept.insert(0, said)
    return tuple(kept)


def _is_elliptic(question: str) -> bool:
    count = len(terms(question))
    return count <= _TOO_FEW_TERMS or (count <= _FEWEST_TERMS and bool(_REFERS_BACK.search(question)))
