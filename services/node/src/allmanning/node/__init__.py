"""Everything on one machine, and the command line `allmanning`."""
