"""Tables: XLSX, XLS and delimited text."""
