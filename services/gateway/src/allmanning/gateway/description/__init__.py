"""How the API describes itself: OpenAPI 3.1 with words, examples, security and every error."""
