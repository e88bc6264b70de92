"""A question becomes ranked passages that the asker may read."""
