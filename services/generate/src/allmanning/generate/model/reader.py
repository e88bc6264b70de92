"""Read a model's stream sentence by sentence, however badly the model behaves."""

from __future__ import annotations

from typing import Final

from allmanning.index.sentences import sentences

TOO_LONG: Final = "too_long"
REPEATING: Final = "repeating"

_LONGEST_SENTENCE: Final = 1_500
"""Characters; nobody writes longer ones, and looking for the end of one again and again takes time."""
_MOST_REPEATS: Final = 3


class SentenceReader:
    """Collects text and gives back each sentence once the next one has begun.

    A sentence that was said before is not given again. `stopped` tells why reading further is of no use: the model says
    the same over and over, or more than an answer can be. What comes after that is not looked at.
    """

    def __init__(self, most_characters: int = 40_000) -> None:
        self._rest = ""
        self._left = most_characters
        self._said: set[str] = set()
        self._repeats = 0
        self.stopped = ""

    def feed(self, text: str) -> list[str]:
        """The sentences that `text` completes."""
        if self.stopped:
            return []
        if len(text) > self._left:
            self.stopped = TOO_LONG
        text, self._left = text[: self._left], self._left - len(text)
        *lines, self._rest = (self._rest + text).split("\n")
        complete = [sentence for line in lines for sentence in _sentences(line)]
        spans = sentences(self._rest)
        if len(spans) > 1:
            complete += [self._rest[start:end] for start, end in spans[:-1]]
            self._rest = self._rest[spans[-1][0] :]
        if len(self._rest) > _LONGEST_SENTENCE:
            complete.append(self._rest)
            self._rest = ""
        return self._new(complete)

    def finish(self, *, cut_off: bool) -> list[str]:
        """What is left; a sentence that the model's token limit cut off is left out."""
        left, self._rest = _sentences(self._rest), ""
        whole = [each for each in left if not cut_off or each.rstrip("])0123456789[ ").endswith((".", "!", "?"))]
        return [] if self.stopped else self._new(whole)

    def _new(self, found: list[str]) -> list[str]:
        new = []
        for each in found:
            key = " ".join(each.lower().split())
            if key not in self._said:
                self._said.add(key)
                new.append(each)
                continue
            self._repeats += 1
            if self._repeats >= _MOST_REPEATS:
                self.stopped = self.stopped or REPEATING
                break
        return new


def _sentences(line: str) -> list[str]:
    return [line[start:end] for start, end in sentences(line)]
