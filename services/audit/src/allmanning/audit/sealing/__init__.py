"""Content at rest: sealed, and erased by destroying its keys."""
