"""Who may call what: the one table that the matrix is made from.

Letters: n nobody in particular, c citizen, w caseworker, a auditor, m administrator. An operation without a row fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

_EVERYBODY: Final = """
    tiles_checkpoint tiles_tile health_health health_metrics documents_one documents_original documents_text
    page_picture_page_picture decisions_one decisions_explanation decisions_readers decisions_receipt
    registers_published deployments_deployments
"""
_ANY_KEY: Final = """
    chat_complete models_models models_model embeddings_embed search_find passages_passage_neighbours
    passages_passage_similar documents_documents decision_events_add_event authority_authority
"""
_STAFF: Final = """
    load_load synonyms_synonyms audit_file recalls_show recalls_settle rules_rules rules_export rules_versions
    rules_check deployments_halt reports_make reports_listed reports_settle
"""
_CASEWORKER: Final = "reviews_close reviews_claim reviews_seen"
_OFFICIALS: Final = """
    reviews_reviews reviews_send reviews_sent reviews_give_back disclosures_propose disclosures_prepare
    disclosures_settle disclosures_release
"""
_READERS: Final = """
    oversight_oversight decisions_find provenance_provenance log_bundle log_certificate security_events_events
    declared_use_alarms config_changes_changes registers_registers registers_card registers_register logs_logs
    audit_find audit_see audit_readers audit_lint audit_replay audit_compare audit_tasks recalls_begin samples_frame
    samples_draw samples_judge samples_show controls_standing controls_draw controls_plan controls_show controls_judge
    retention_retention retention_holds erasure_overview_due erasure_overview_report erasures_erasures erasures_one
    rules_assess gaps_gaps quota_quota evaluations_evaluations evaluations_one evaluation_sets_sets
    evaluation_sets_one_set choices_choices
"""
_ADMIN: Final = """
    synonyms_put_synonyms documents_upload documents_retire metadata_change collections_collections
    collections_put_collection collections_put_protected_names report_report queue_queue queue_events queue_pause
    queue_resume queue_retry_all queue_cancel_batch queue_retry queue_cancel sources_sources sources_put sources_delete
    sources_run declared_use_declare registers_write registers_publish logs_seal reviews_add_control retention_propose
    retention_decide retention_place retention_lift erasures_search erasures_ask erasures_approve erasures_refuse
    rules_propose rules_approve rules_reject deployments_propose deployments_approve deployments_end deployments_resume
    keys_create keys_revoke webhooks_webhooks webhooks_create webhooks_one webhooks_change webhooks_remove
    webhooks_rotate webhooks_ping webhooks_deliveries authority_change_authority channels_channels channels_create
    channels_revoke quota_change evaluations_start evaluations_answers evaluations_stop evaluations_remove
    evaluation_sets_make_set evaluation_sets_change_set evaluation_sets_remove_set choices_change
"""

MAY: Final[Mapping[str, str]] = {
    operation: letters
    for letters, operations in {
        "ncwam": _EVERYBODY,
        "cwam": _ANY_KEY,
        "wam": _STAFF,
        "w": _CASEWORKER,
        "wm": _OFFICIALS,
        "am": _READERS,
        "m": _ADMIN,
    }.items()
    for operation in operations.split()
}

# Whoever has the number of an open document, a public register or a decision may read it, of whatever authority.
PUBLIC: Final = frozenset(_EVERYBODY.split())

# What a call may say only with some keys, though the operation is for more: what is added to the example's body.
FIELDS: Final[Mapping[str, Sequence[tuple[Mapping[str, object], str]]]] = {
    "chat_complete": [({"allmanning": {"evaluation": True}}, "m")],
}
