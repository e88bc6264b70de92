"""The vocabulary as files for the `sentencepiece` library, which finds the best split into pieces."""

from __future__ import annotations

import json
from pathlib import Path

from sentencepiece.sentencepiece_model_pb2 import (  # type: ignore[attr-defined]  # generated without types
    ModelProto,
    TrainerSpec,
)

from allmanning.index.embed.weights import Weights


def write_vocabulary(weights: Weights, folder: Path) -> None:
    """Writes `tokenizer.model` and `normaliser.json` (code point to text).

    The special pieces are control pieces: text that spells `</s>` or `<mask>` is then split like any other, so a
    document cannot put one into the model's input.
    """
    model = ModelProto()
    specials = {weights.bos, weights.pad, weights.eos, weights.pieces.index("<mask>")}
    for number, (piece, score) in enumerate(zip(weights.pieces, weights.scores.tolist(), strict=True)):
        kind = ModelProto.SentencePiece.NORMAL
        if number in specials:
            kind = ModelProto.SentencePiece.CONTROL
        elif number == weights.unknown:
            kind = ModelProto.SentencePiece.UNKNOWN
        model.pieces.add(piece=piece, score=score, type=kind)
    trainer = model.trainer_spec
    trainer.model_type = TrainerSpec.UNIGRAM
    trainer.vocab_size = len(weights.pieces)
    trainer.unk_id, trainer.bos_id = weights.unknown, weights.bos
    trainer.eos_id, trainer.pad_id = weights.eos, weights.pad
    model.normalizer_spec.name = "identity"
    (folder / "tokenizer.model").write_bytes(model.SerializeToString())
    (folder / "normaliser.json").write_text(json.dumps(weights.normaliser), encoding="utf-8")
