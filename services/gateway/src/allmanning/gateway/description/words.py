"""What the description says in words: of the API as a whole, and of each group of operations."""

from __future__ import annotations

from typing import Final

ABOUT: Final = """\
Everything that people do on the pages, for programs: the same access, the same rules, the same log.

**Access.** A key (`Authorization: Bearer alm_…`) says which authority and which role asks. What is open to everybody
needs none. A cookie of the pages does not open the API's operations that need a key.

**Errors** are problem details (RFC 9457) with a stable `code`; `/api/problems` explains each in Swedish and English.
Text for people follows `Accept-Language`: Swedish, or English.

**Rates.** Each answer says in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers) how many calls
are left to the key, or to the network address of who shows none. One too many is a 429 with `Retry-After`.

**Sent again.** A POST that makes something takes `Idempotency-Key`: sent again, it is done once.

**Versions.** The first part of the path is the version, `/v1`. Within it only new operations, new fields, new values of
a field that says it may grow, and new codes of errors come: ignore what you do not know. What is to be taken away is
told at least twelve months before, in the answer itself: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a `Link` to
what to use instead.
"""

TAGS: Final = [
    {"name": "chat", "description": "Ask a question in OpenAI's dialect, and see how busy the platform is."},
    {"name": "models", "description": "Which models there are to name, as OpenAI's clients ask."},
    {"name": "embeddings", "description": "Texts as vectors, in OpenAI's dialect."},
    {"name": "search", "description": "Find passages that the key's holder may read, and the authority's own words."},
    {"name": "documents", "description": "Put documents in, follow the work on them, read them, take them away."},
    {"name": "sources", "description": "Places that documents are fetched from again and again."},
    {
        "name": "decisions",
        "description": "Decisions in the log: what was asked, read, decided and answered, with proof.",
    },
    {"name": "log", "description": "The log itself: its half-years, seals, checkpoints and tiles (C2SP tlog-tiles)."},
    {"name": "audit", "description": "What auditors ask: find, explain, replay, sample, recall, and check readings."},
    {"name": "registers", "description": "The registers that law asks for, and what changed in the system."},
    {"name": "reviews", "description": "Answers that a rule holds until a person has looked at them."},
    {"name": "disclosures", "description": "Hand out a decision with what is secret masked (utlämnande)."},
    {"name": "forgetting", "description": "Retention, legal holds and erasure, each by two persons."},
    {
        "name": "rules",
        "description": "The rules on automatic answers, where they are in use, and how they are stopped.",
    },
    {"name": "evaluations", "description": "Questions with a key, asked to see how good the answers are."},
    {"name": "keys", "description": "API keys of the authority."},
    {"name": "webhooks", "description": "Be told of reviews and documents: signed messages to a system of your own."},
    {"name": "authority", "description": "The authority itself: its name, and how people reach a person there."},
    {"name": "health", "description": "How the platform is."},
]
