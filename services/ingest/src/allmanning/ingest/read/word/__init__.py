"""Word processors' files: DOCX, DOC and RTF."""
