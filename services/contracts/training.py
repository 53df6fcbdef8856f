"""What the training service tells."""
