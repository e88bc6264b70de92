"""Documents that are fetched again and again."""
