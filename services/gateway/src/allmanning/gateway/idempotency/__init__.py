"""A POST that is sent again is done once: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07)."""
