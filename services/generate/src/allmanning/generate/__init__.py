"""Passages become an answer with citations, or a refusal."""
