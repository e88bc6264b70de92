"""A model on this machine: llama.cpp in a process of its own, which speaks the OpenAI dialect."""
