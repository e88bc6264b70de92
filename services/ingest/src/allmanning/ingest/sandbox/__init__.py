"""Processes of their own for files from outside, which the kernel confines to the file that each reads."""
