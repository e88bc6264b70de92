"""Marked-up data: JSON, XML, reStructuredText and e-books."""
