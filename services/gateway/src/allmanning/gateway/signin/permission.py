"""Who may what: one table, for the API and the pages alike.

A role that the table does not give a permission does not have it. The services decide once more, on what they keep:
this table can only narrow what they allow.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from allmanning.contracts.access.v1.access_pb import Role


class Permission(Enum):
    """What somebody can be allowed, as `thing.act`."""

    SEARCH = "passages.search"
    SYNONYMS_READ = "synonyms.read"
    SYNONYMS_WRITE = "synonyms.write"
    LOAD_READ = "load.read"
    QUOTA_READ = "quota.read"
    QUOTA_WRITE = "quota.write"
    DOCUMENTS_MANAGE = "documents.manage"
    SOURCES_MANAGE = "sources.manage"
    REVIEW = "reviews.decide"
    REVIEWS_LIST = "reviews.list"
    DRAFT_SEND = "reviews.send"
    REVIEWS_CONTROL = "reviews.control"
    OVERSIGHT_READ = "oversight.read"
    LOG_READ = "log.read"
    LOG_EXPORT = "log.export"
    LOG_MANAGE = "log.manage"
    CASE_FILE = "log.case_file"
    INSPECT = "log.inspect"
    RECALL_FOLLOW = "recalls.follow"
    DISCLOSE = "log.disclose"
    RULES_READ = "rules.read"
    RULES_TRY = "rules.try"
    RULES_WRITE = "rules.write"
    DEPLOYMENTS_WRITE = "deployments.write"
    HALT = "deployments.halt"
    REGISTERS_READ = "registers.read"
    REGISTERS_WRITE = "registers.write"
    RETENTION_READ = "retention.read"
    RETENTION_WRITE = "retention.write"
    ERASE = "log.erase"
    AUTHORITY_WRITE = "authority.write"
    KEYS_MANAGE = "keys.manage"
    USERS_MANAGE = "users.manage"
    WEBHOOKS_MANAGE = "webhooks.manage"
    EVALUATIONS_READ = "evaluations.read"
    CHOICES_READ = "choices.read"
    CHOICES_WRITE = "choices.write"
    EVALUATE = "evaluations.run"


_CASEWORKER: Final = frozenset(
    {
        Permission.SEARCH,
        Permission.SYNONYMS_READ,
        Permission.LOAD_READ,
        Permission.REVIEW,
        Permission.REVIEWS_LIST,
        Permission.DRAFT_SEND,
        Permission.CASE_FILE,
        Permission.RECALL_FOLLOW,
        Permission.DISCLOSE,
        Permission.RULES_READ,
        Permission.HALT,
    }
)
_AUDITOR: Final = frozenset(
    {
        Permission.SEARCH,
        Permission.SYNONYMS_READ,
        Permission.LOAD_READ,
        Permission.QUOTA_READ,
        Permission.OVERSIGHT_READ,
        Permission.LOG_READ,
        Permission.LOG_EXPORT,
        Permission.CASE_FILE,
        Permission.INSPECT,
        Permission.RECALL_FOLLOW,
        Permission.RULES_READ,
        Permission.RULES_TRY,
        Permission.HALT,
        Permission.REGISTERS_READ,
        Permission.RETENTION_READ,
        Permission.EVALUATIONS_READ,
        Permission.CHOICES_READ,
    }
)
# An administrator decides on no single answer: whoever sets the rules does not also apply them.
_ADMIN: Final = frozenset(Permission) - {Permission.REVIEW}

GRANTS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.CITIZEN: frozenset(),
    Role.CASEWORKER: _CASEWORKER,
    Role.AUDITOR: _AUDITOR,
    Role.ADMIN: _ADMIN,
}


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that have it."""
    return tuple(role for role, granted in GRANTS.items() if permission in granted)
