"""Pages as they look when something particular is asked of them, beside what the routes alone tell."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from tests.e2e.faces.furniture import MARK
from tests.e2e.faces.hostile import ATTACK

_TYPED: Final = quote(ATTACK)

# Who asks, and for what: found, not found, narrowed, refused, and in English.
STATES: Final = (
    ("nobody", "/okänd"),
    ("nobody", f"/{_TYPED}"),
    ("nobody", f"/?authority={_TYPED}"),
    ("nobody", "/?lang=en"),
    ("nobody", f"/signin?next_path={_TYPED}&name={_TYPED}"),
    ("caseworker", "/log"),
    ("caseworker", f"/search?q={MARK}"),
    ("caseworker", f"/search?q={_TYPED}&collections={_TYPED}"),
    ("caseworker", "/search?q=finnsinte"),
    ("caseworker", "/search?q=x&dated_from=igår"),
    ("caseworker", "/review?show=mine"),
    ("auditor", "/log/decisions?outcome=answered"),
    ("auditor", f"/log/decisions?document={_TYPED}"),
    ("auditor", "/log/decisions?opened_from=igår"),
    ("admin", "/admin/documents?state=failed"),
    ("admin", f"/admin/documents?batch={_TYPED}&collection={_TYPED}&text={_TYPED}"),
    ("admin", f"/admin/sources/{_TYPED}"),
    ("admin", "/admin/documents?lang=en"),
)
