"""Keeps out of an answer what none has: links to elsewhere, markup, tool calls, the prompt itself."""
