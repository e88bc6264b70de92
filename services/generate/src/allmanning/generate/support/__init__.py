"""Does a sentence stand in what it cites? One check a file; `verdict` puts them together."""
