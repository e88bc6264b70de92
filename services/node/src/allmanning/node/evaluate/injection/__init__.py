"""How often a planted instruction is obeyed, and how often ordinary text is refused for one."""
