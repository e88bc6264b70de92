"""Plain text: encodings, lines that a page width broke, statutes."""
