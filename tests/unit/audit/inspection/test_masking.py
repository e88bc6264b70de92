from __future__ import annotations

import pytest

from allmanning.audit.inspection.masking import Mask, masked, proposed, text_of
from allmanning.runtime.errors import InvalidInput

TEXT = "Mejla anna.ek@exempelby.se om altanen."


def test_the_detector_proposes_a_mask_with_a_provision():
    [mask] = proposed("r1", "question", TEXT)
    assert masked(TEXT, [mask]) == "Mejla [maskat: OSL 21 kap. 7 §] om altanen."
    assert mask.kind == "email"


def test_what_is_not_a_text_is_masked_as_its_json():
    content = {"b": [TEXT], "a": 1}
    [mask] = proposed("r1", "exchange", content)
    assert "anna.ek" not in masked(text_of(content), [mask])
    assert text_of(content).startswith('{"a":1')


def test_overlapping_masks_keep_both_provisions_and_nothing_shows_through():
    masks = [Mask("r", "p", 6, 20, "OSL 26 kap. 1 §"), Mask("r", "p", 15, 26, "OSL 21 kap. 7 §")]
    assert masked(TEXT, masks) == "Mejla [maskat: OSL 26 kap. 1 §, OSL 21 kap. 7 §] om altanen."
    assert masked(TEXT, masks[::-1]) == masked(TEXT, masks)


def test_a_mask_outside_the_text_or_without_a_provision_is_refused():
    with pytest.raises(InvalidInput, match=r"disclosure\.mask"):
        masked(TEXT, [Mask("r", "p", 0, 500, "OSL 26 kap. 1 §")])
    for value in ({"record": "r"}, {"record": "r", "part": "p", "start": 2, "end": 1, "provision": "x"},
                  {"record": "r", "part": "p", "start": 0, "end": 1, "provision": " "}):  # fmt: skip
        with pytest.raises(InvalidInput, match=r"disclosure\.mask"):
            Mask.of(value)
