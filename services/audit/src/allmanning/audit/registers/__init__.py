"""What an authority tells of its assistant: one card from log and configuration, and the registers made of it."""
