"""The log: what is proved of every decision, and where it lies."""
