"""What becomes of a version that a stage refused: which state its error means."""

from __future__ import annotations

from typing import Final

from allmanning.contracts.ingest.v1.ingest_pb import State
from allmanning.runtime.errors import InvalidInput, PlatformError, TooLarge, Unprocessable, Unsupported

NEEDS_OCR: Final = "document.needs_ocr"
HELD: Final = "personal_data.held"
# Something of ours broke: not a verdict on the document.
FAILED: Final = "document.failed"

# The document is to blame, and will be next time too.
REFUSING: Final = (InvalidInput, TooLarge, Unsupported, Unprocessable)
_SET_ASIDE: Final = {NEEDS_OCR: State.NEEDS_OCR, HELD: State.HELD}


def state_after(error: PlatformError) -> State:
    """The state of a version whose document is to blame for `error`."""
    return _SET_ASIDE.get(error.code, State.REJECTED)
