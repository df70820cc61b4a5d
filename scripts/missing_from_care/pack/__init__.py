"""What goes with a response beside the answers: where it came from, and who signs it off."""
