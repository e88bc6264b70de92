"""Every setting is explained; every notice has both languages."""

from __future__ import annotations

from allmanning.generate.notices import notice
from allmanning.generate.settings import GenerateSettings


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in GenerateSettings.model_fields.items() if not field.description] == []


def test_every_notice_speaks_swedish_and_english() -> None:
    for name in ("emergency", "hand_over", "wants_human", "refused", "no_support", "review"):
        assert notice(name, "sv") != notice(name, "en")
    assert notice("emergency", "sv").count("112") == 2
    assert "1177" in notice("emergency", "en")
    assert notice("en rads eget besked", "sv") == notice("hand_over", "sv")
