"""The passage index: how passages are analysed, embedded, stored and found."""
