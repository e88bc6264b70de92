"""Personal data in Swedish text: found by its shape and what stands around it, valid or mistyped."""
