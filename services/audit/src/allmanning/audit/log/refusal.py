"""Why a log is not signed."""

from __future__ import annotations

from allmanning.runtime.errors import Unavailable


class SigningRefused(Unavailable):
    """Signing would contradict, or could not be told apart from contradicting, what was signed before.

    Codes: `audit.log_behind_lock`, `audit.log_forked`, `audit.lock_behind_log`, `audit.key_missing`. An operator must
    find out why; the README says how.
    """
