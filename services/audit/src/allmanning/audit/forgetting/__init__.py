"""Forgetting: how long content is kept, what stops it from going, and how it goes."""
