"""How quick pages are for many people at once, and what one weighs in a browser."""
