"""A file becomes searchable passages."""
