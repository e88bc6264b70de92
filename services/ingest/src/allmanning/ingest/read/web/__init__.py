"""Web pages and what is written as one: the main content, without what nobody sees."""
