"""The gate: a decision table that lawyers write, behind guards that nobody can loosen."""
