"""Every subject of the platform, spelled once.

Requests are `<service>.v1.<verb>`, events `<service>.<noun>.<past participle>.<authority>`,
dead letters `dead.<original subject>`.
"""

from __future__ import annotations

from datetime import date
from typing import Final

INGEST_SUBMIT: Final = "ingest.v1.submit"
INGEST_GET: Final = "ingest.v1.get"
INGEST_LIST: Final = "ingest.v1.list"
INGEST_RETIRE: Final = "ingest.v1.retire"
INGEST_RETRY: Final = "ingest.v1.retry"
INGEST_CANCEL: Final = "ingest.v1.cancel"
INGEST_QUEUE: Final = "ingest.v1.queue"
INGEST_SET_QUEUE: Final = "ingest.v1.set_queue"
INGEST_COLLECTIONS: Final = "ingest.v1.collections"
INGEST_PUT_COLLECTION: Final = "ingest.v1.put_collection"
INGEST_SOURCES: Final = "ingest.v1.sources"
INGEST_PUT_SOURCE: Final = "ingest.v1.put_source"
INGEST_DELETE_SOURCE: Final = "ingest.v1.delete_source"
INGEST_RUN_SOURCE: Final = "ingest.v1.run_source"
INGEST_DRAW_PAGE: Final = "ingest.v1.draw_page"

INDEX_EMBED: Final = "index.v1.embed"
INDEX_STAGE: Final = "index.v1.stage"
INDEX_PUBLISH: Final = "index.v1.publish"
INDEX_RETIRE: Final = "index.v1.retire"
INDEX_STORED: Final = "index.v1.stored"
INDEX_SEARCH: Final = "index.v1.search"
INDEX_NEIGHBOURS: Final = "index.v1.neighbours"
INDEX_SWITCH: Final = "index.v1.switch"
INDEX_DIGESTS: Final = "index.v1.digests"

RETRIEVE_SEARCH: Final = "retrieve.v1.search"
RETRIEVE_SIMILAR: Final = "retrieve.v1.similar"
RETRIEVE_NEIGHBOURS: Final = "retrieve.v1.neighbours"
RETRIEVE_GET_SYNONYMS: Final = "retrieve.v1.get_synonyms"
RETRIEVE_PUT_SYNONYMS: Final = "retrieve.v1.put_synonyms"

GENERATE_ANSWER: Final = "generate.v1.answer"
GENERATE_GET_LOAD: Final = "generate.v1.get_load"
GENERATE_GET_QUOTA: Final = "generate.v1.get_quota"
GENERATE_SET_QUOTA: Final = "generate.v1.set_quota"
GENERATE_GET_CHOICES: Final = "generate.v1.get_choices"
GENERATE_SET_CHOICES: Final = "generate.v1.set_choices"
GENERATE_GET_SETUP: Final = "generate.v1.get_setup"

AUDIT_GATE: Final = "audit.v1.gate"
AUDIT_GET: Final = "audit.v1.get"
AUDIT_FIND: Final = "audit.v1.find"
AUDIT_PROVE: Final = "audit.v1.prove"
AUDIT_EXPORT: Final = "audit.v1.export"
AUDIT_CERTIFY: Final = "audit.v1.certify"
AUDIT_LIST_REVIEWS: Final = "audit.v1.list_reviews"
AUDIT_CLOSE_REVIEW: Final = "audit.v1.close_review"
AUDIT_CHECKPOINT: Final = "audit.v1.checkpoint"
AUDIT_LIST_LOGS: Final = "audit.v1.list_logs"
AUDIT_SEAL_LOG: Final = "audit.v1.seal_log"
AUDIT_INSPECT: Final = "audit.v1.inspect"
AUDIT_SEALING_KEY: Final = "audit.v1.sealing_key"
AUDIT_SHOW_RULES: Final = "audit.v1.show_rules"
AUDIT_CHECK_RULES: Final = "audit.v1.check_rules"
AUDIT_PROPOSE_RULES: Final = "audit.v1.propose_rules"
AUDIT_ASSESS_RULES: Final = "audit.v1.assess_rules"
AUDIT_SETTLE_RULES: Final = "audit.v1.settle_rules"
AUDIT_LIST_DEPLOYMENTS: Final = "audit.v1.list_deployments"
AUDIT_PROPOSE_DEPLOYMENT: Final = "audit.v1.propose_deployment"
AUDIT_APPROVE_DEPLOYMENT: Final = "audit.v1.approve_deployment"
AUDIT_END_DEPLOYMENT: Final = "audit.v1.end_deployment"
AUDIT_HALT: Final = "audit.v1.halt"
AUDIT_RESUME: Final = "audit.v1.resume"

AUDIT_GET_SYSTEM_CARD: Final = "audit.v1.get_system_card"
AUDIT_LIST_REGISTERS: Final = "audit.v1.list_registers"
AUDIT_GET_REGISTER: Final = "audit.v1.get_register"
AUDIT_WRITE_REGISTER_TEXTS: Final = "audit.v1.write_register_texts"
AUDIT_PUBLISH_REGISTER: Final = "audit.v1.publish_register"
AUDIT_DECLARE_USE: Final = "audit.v1.declare_use"
AUDIT_LIST_USE_ALARMS: Final = "audit.v1.list_use_alarms"
AUDIT_LIST_CHANGES: Final = "audit.v1.list_changes"
AUDIT_GET_PROVENANCE: Final = "audit.v1.get_provenance"
AUDIT_LIST_SECURITY_EVENTS: Final = "audit.v1.list_security_events"

AUDIT_CLAIM_REVIEW: Final = "audit.v1.claim_review"
AUDIT_RETURN_REVIEW: Final = "audit.v1.return_review"
AUDIT_OBSERVE_REVIEW: Final = "audit.v1.observe_review"
AUDIT_LIST_OWN_VERDICTS: Final = "audit.v1.list_own_verdicts"
AUDIT_SEND_DRAFT: Final = "audit.v1.send_draft"
AUDIT_ADD_CONTROL: Final = "audit.v1.add_control"
AUDIT_OVERSIGHT: Final = "audit.v1.oversight"
AUDIT_ADD_EVENT: Final = "audit.v1.add_event"

AUDIT_RATE_ANSWER: Final = "audit.v1.rate_answer"
AUDIT_REQUEST_CONTACT: Final = "audit.v1.request_contact"
AUDIT_ASK_ERASURE: Final = "audit.v1.ask_erasure"

AUDIT_LIST_RETENTION: Final = "audit.v1.list_retention"
AUDIT_PROPOSE_RETENTION: Final = "audit.v1.propose_retention"
AUDIT_DECIDE_RETENTION: Final = "audit.v1.decide_retention"
AUDIT_LIST_HOLDS: Final = "audit.v1.list_holds"
AUDIT_PLACE_HOLD: Final = "audit.v1.place_hold"
AUDIT_LIFT_HOLD: Final = "audit.v1.lift_hold"
AUDIT_LIST_DUE: Final = "audit.v1.list_due"
AUDIT_SEARCH_PERSON: Final = "audit.v1.search_person"
AUDIT_REQUEST_ERASURE: Final = "audit.v1.request_erasure"
AUDIT_SETTLE_ERASURE: Final = "audit.v1.settle_erasure"
AUDIT_LIST_ERASURES: Final = "audit.v1.list_erasures"
AUDIT_REPORT_ERASURES: Final = "audit.v1.report_erasures"


def document_received(authority: str) -> str:
    return f"ingest.document.received.{authority}"


def document_indexed(authority: str) -> str:
    return f"ingest.document.indexed.{authority}"


def document_rejected(authority: str) -> str:
    return f"ingest.document.rejected.{authority}"


def document_retired(authority: str) -> str:
    return f"ingest.document.retired.{authority}"


def decision_recorded(authority: str) -> str:
    return f"audit.decision.recorded.{authority}"


def own_recorded(authority: str) -> str:
    """Where the audit service leaves its own records: nobody else may publish there."""
    return f"audit.own.recorded.{authority}"


def content_stored(authority: str) -> str:
    return f"audit.content.stored.{authority}"


def content_pinned(authority: str) -> str:
    return f"audit.content.pinned.{authority}"


def tokens_used(authority: str, day: date) -> str:
    """The counter of an authority's model tokens on a Swedish day."""
    return f"generate.tokens.{authority}.{day:%Y-%m-%d}"


def dead(subject: str) -> str:
    """Where a message goes that can never be handled."""
    return f"dead.{subject}"


def cancel(service: str, request_id: str) -> str:
    """Where the caller of a streamed answer says that it has left."""
    return f"cancel.{service}.{request_id}"
