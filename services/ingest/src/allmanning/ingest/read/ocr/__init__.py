"""Pictures of text, read by the system's Tesseract."""
