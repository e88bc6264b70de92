"""How fast documents become searchable, and what the service itself costs."""
