"""Pages as PDF that can be kept (PDF/A-2a, ISO 19005-2) and heard (PDF/UA-1, ISO 14289-1)."""
