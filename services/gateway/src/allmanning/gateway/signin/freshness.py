"""What can't be undone needs a person who has just proved who they are: erasing, publishing, deploying, secret keys.

NIST SP 800-63B-4 (2025) 2.2.3 asks for reauthentication after a time; OWASP ASVS 5.0 (2025) 7.5.3 asks for one before a
highly sensitive transaction. A program proves its key with each call, so it is never asked again.
"""

from __future__ import annotations

from fastapi import Request

from allmanning.gateway.asker import Asker
from allmanning.gateway.parts import parts_of
from allmanning.gateway.signin.detour import AGAIN, Detour


def require_fresh(request: Request, asker: Asker) -> None:
    """Let the holder of a session through who proved who they are within ten minutes; send the others to do so.

    What they had typed is shown again afterwards, for them to send. Call it in the handler of the form, before anything
    is done, and after the check of what the asker may do.

    Raises:
        Detour: to the page that asks again, and back.
    """
    if not is_fresh(request, asker):
        raise Detour(AGAIN, asker.principal.key_id)


def is_fresh(request: Request, asker: Asker) -> bool:
    """Whether the form would go through at once; for a page that wants to say beforehand that it will ask."""
    return asker.session is None or parts_of(request).reception.sessions.is_fresh(asker.session)
