"""Signing a command line client in (wire file, section 8)."""
