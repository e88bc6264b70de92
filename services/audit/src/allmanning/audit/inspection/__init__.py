"""What auditors ask of the log, and what the person concerned may know."""
