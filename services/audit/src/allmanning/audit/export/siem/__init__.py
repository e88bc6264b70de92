"""What a security operations centre wants to hear of the log: CEF and OCSF, as a stream or pushed."""
