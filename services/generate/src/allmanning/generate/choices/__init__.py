"""What an authority chooses for itself, within what the operator has set up: its tone, and who words its answers."""
