"""A witness: signs what it has seen of a log, and only while the log just grows. A service that somebody else runs."""
