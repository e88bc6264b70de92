"""What an outsider takes home."""
