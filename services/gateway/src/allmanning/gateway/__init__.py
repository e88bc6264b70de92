"""People and programs come in here: the HTTP API and the pages."""
