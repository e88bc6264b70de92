"""How good the answers are: questions with a key, put to the platform itself, and each answer against its key."""
