"""Video from words, frames and references (seed 002)."""
