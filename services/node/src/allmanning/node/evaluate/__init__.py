"""How good are search and answers? Measured on questions whose right answers somebody has marked."""
