"""Readers: the bytes of a file become ordered blocks of text. They run in parse workers, not in the service itself."""
