"""What things are and what may happen to them."""
