"""How much a text reads as instructions to a language model, which a document should not give."""
