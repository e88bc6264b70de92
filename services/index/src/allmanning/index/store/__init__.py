"""The passage stores: one Protocol, three implementations (embedded engine, server, the index process over the bus)."""
