"""As whom a question with a key is asked: somebody in its role, who may read no more than that."""

from __future__ import annotations

from allmanning.contracts.access.v1.access_pb import Principal, Role, Secrecy


def principal_as(role: str, authority: str, by: str) -> Principal:
    """A citizen, or a caseworker where `role` is that, for `by` (a pseudonym), who measures.

    No higher clearance than the administrator has who reads the answers.
    """
    if role == "caseworker":
        clearances = [Secrecy.OPEN, Secrecy.INTERNAL]
        return Principal(
            authority=authority, role=Role.CASEWORKER, channel="internal", clearances=clearances, key_id=by
        )  # fmt: skip
    return Principal(
        authority=authority, role=Role.CITIZEN, channel="citizen", clearances=[Secrecy.OPEN], key_id=by
    )  # fmt: skip
