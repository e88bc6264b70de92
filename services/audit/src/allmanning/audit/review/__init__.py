"""Answers that the rules hold back until a person has looked."""
