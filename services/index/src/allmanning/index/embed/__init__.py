"""Texts to vectors: the local model, or a server that runs one."""
