"""What touches several things at once."""
