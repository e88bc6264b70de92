"""PDF files: characters become lines, lines blocks, and each knows its place on the page."""
