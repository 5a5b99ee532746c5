"""Editing one picture by words (seed 003)."""
