"""The registry of documents and their versions: the truth that the index is derived from."""
