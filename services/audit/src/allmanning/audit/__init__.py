"""Decision rules, and the decision log that nobody can change unseen."""
