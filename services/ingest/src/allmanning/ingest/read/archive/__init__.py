"""ZIP archives: their members, each counted while it is unpacked."""
