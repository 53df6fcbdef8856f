"""Bytes that somebody sent, whatever they are: knows nothing of ours."""
