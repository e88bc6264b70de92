"""Tell others' systems what happens: signed, at least once, without content (Standard Webhooks)."""
