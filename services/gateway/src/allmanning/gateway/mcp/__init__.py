"""The platform as tools of the Model Context Protocol, over HTTP and over a process's own streams."""
