"""Forms are sent from our own pages only, without a token in each.

Every browser in use sends Fetch Metadata over https and to localhost (W3C Fetch Metadata, Chrome 76, Firefox 90, Safari
16.4), and `Origin` with every POST besides. A page can't set or remove either (they are forbidden header names), so
they say what a token would. OWASP's Cross-Site Request Forgery Prevention Cheat Sheet (2025) takes them as a full
defence with such a fallback. A `same-site` request is refused too: another service of the municipality is not us. The
session's cookie is `SameSite=Lax`, which no other site's form brings along (signin/cookies.py), and does not count in a
form from elsewhere (asker.py). A token would have to be in each form and be right in each script, and a form forgotten
would be a hole; here a form can't be forgotten. Nothing is changed by a GET.
"""

from __future__ import annotations

from fastapi import Request

from allmanning.gateway.signin.origin import SAFE, is_foreign
from allmanning.runtime.errors import Forbidden


async def same_origin(request: Request) -> None:
    """Refuse a form that another site made a browser send.

    Raises:
        Forbidden: `origin.foreign`.
    """
    if request.method not in SAFE and is_foreign(request):
        raise Forbidden("origin.foreign", "Formuläret skickades från en annan webbplats och togs inte emot.")
