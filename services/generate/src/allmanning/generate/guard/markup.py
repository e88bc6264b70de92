"""Markup that a browser or a program would act on; emphasis and headings are only signs too many."""

from __future__ import annotations

import re
from typing import Final

_MARKUP: Final = re.compile(
    r"!\[[^\]]*\]"  # a picture: its address is fetched without anybody's click
    r"|\[[^\]]*\]\s?\((?!\d)"  # a link
    r"|^\s*\[[^\]]+\]:\s"  # a link's address, written apart
    r"|</?[a-z][a-z0-9-]*(?:\s[^<>]*)?/?>|<[!?]|&(?:#\d+|#x[0-9a-f]+|lt|gt|quot|amp);"
    r"|```|~~~|\$\$|\\\(|\\\[|\{\{|\}\}|\{%|%\}|javascript:|data:[a-z]+/",
    re.IGNORECASE,
)
_TOOL: Final = re.compile(
    r"<\|?/?(?:tool|function|think|im_start|im_end|system|assistant|user|s(?=>)|inst|eot|end)[^>]{0,40}>"
    r"|\[/?(?:INST|TOOL\w*|SYS\w*|AVAILABLE_TOOLS)\]|<<SYS>>"
    r"|^\s*[\[{]\s*\"?(?:name|tool\w*|function\w*|action\w*|arguments|parameters|type|role)\"?\s*:"
    r"|\"(?:arguments|parameters|tool_calls?|function_call)\"\s*:"
    r"|^\s*(?:system|assistant|user|tool|function|action|action input|observation|thought)\s*:\s"
    r"|^\s*[a-z_]+\([^()\s]*=.*\)\s*$",
    re.IGNORECASE,
)
_SIGNS: Final = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`|^\s*#{1,6}\s+|^\s*>\s+")


def is_markup(text: str) -> bool:
    """A picture, a link with a text of its own, HTML, code, or a template."""
    return bool(_MARKUP.search(text))


def is_tool_call(text: str) -> bool:
    """What a program round a model would take for a call, or for the beginning of another part of the conversation."""
    return bool(_TOOL.search(text))


def plain(text: str) -> str:
    """The text without signs of emphasis and heading; a list's mark stays."""
    bullet = re.match(r"\s*[*-]\s+", text)
    body = text[bullet.end() :] if bullet else text
    return (bullet.group() if bullet else "") + _SIGNS.sub("", body)
