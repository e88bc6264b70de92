"""The log as files that anybody can follow, and the cosignatures of those who do."""
