"""What the inspection service tells."""
