"""The dictionary as two tries and a table, which every process maps instead of reading.

lemmas.marisa     lemma -> number
forms.marisa      form -> (lemma as a word, lemma as the beginning of a compound, whether it ends one)
folded.marisa     the same for forms that have lost the marks over their letters
commonness.npy    for each lemma, float32
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import marisa_trie  # type: ignore[import-not-found]
import numpy as np

from allmanning.index.embed import weights
from allmanning.index.fold import folded
from allmanning.index.lexicon.dictionary import Form, forms, installed
from allmanning.runtime.artefact import default_cache, made_once

RECIPE = "3"
"""Changes with anything that changes what the lexicon says."""
RECORD = "<IIB"
"""Lemma number + 1 as a word, the same as a beginning (0: is none), 1 if it may end a compound."""
# Log-probability under which the vocabulary lists no word.
_RAREST = -17.0


def ensure_lexicon(cache: Path | None = None) -> Path:
    """The compiled lexicon's folder; made now if it is missing (6 s, 500 MB of memory, 12 MB on disk)."""
    source = installed()
    digest = hashlib.sha256()
    for name in ("sv_SE.aff", "sv_SE.dic"):
        digest.update((source / name).read_bytes())
    folder = (cache or default_cache()) / f"lexicon-{digest.hexdigest()[:16]}-{RECIPE}"
    return made_once(folder, lambda draft: _compile(source, draft))


def _compile(source: Path, folder: Path) -> None:
    commonness = dict(_commonness())
    read = list(forms(source))
    lemmas = marisa_trie.Trie({form.lemma for form in read})
    numbers = dict(lemmas.items())
    table = np.zeros(len(lemmas), np.float32)
    for lemma, number in numbers.items():
        table[number] = commonness.get(lemma, 0.0)
    lemmas.save(str(folder / "lemmas.marisa"))
    np.save(folder / "commonness.npy", table)
    # Of several lemmas of a form the commonest is meant, of equally common ones the shortest.
    preferred = sorted(numbers, key=lambda lemma: (-commonness.get(lemma, 0.0), len(lemma), lemma))
    ranks = {lemma: rank for rank, lemma in enumerate(preferred)}
    by_rank = [numbers[lemma] + 1 for lemma in preferred]
    _write_forms([(form.text, form) for form in read], ranks, by_rank, folder / "forms.marisa")
    bare = {text: folded(text) for text in {form.text for form in read}}
    _write_forms([(bare[form.text], form) for form in read], ranks, by_rank, folder / "folded.marisa")


def _write_forms(
    keyed: Iterable[tuple[str, Form]], ranks: Mapping[str, int], by_rank: Sequence[int], path: Path
) -> None:
    """`ranks` orders the lemmas, `by_rank` has what to write for each."""
    words: dict[str, int] = {}
    beginnings: dict[str, int] = {}
    endings: set[str] = set()
    for text, form in keyed:
        rank = ranks[form.lemma]
        if form.word and rank < words.get(text, len(by_rank)):
            words[text] = rank
        if form.begins and rank < beginnings.get(text, len(by_rank)):
            beginnings[text] = rank
        if form.ends:
            endings.add(text)

    def written(rank: int | None) -> int:
        return 0 if rank is None else by_rank[rank]

    records = (
        (text, (written(words.get(text)), written(beginnings.get(text)), int(text in endings)))
        for text in words.keys() | beginnings.keys() | endings
    )
    marisa_trie.RecordTrie(RECORD, records).save(str(path))


def _commonness() -> Iterator[tuple[str, float]]:
    """How common words are, from 0, in natural logarithms.

    The embedder's vocabulary lists a hundred thousand words with their log-probabilities in a large multilingual
    corpus: enough to tell common words from rare ones, and already installed.
    """
    vocabulary = weights.Weights(weights.installed())
    for piece, score in zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True):
        if piece.startswith("▁") and math.isfinite(score):
            yield piece[1:], max(0.0, score - _RAREST)
