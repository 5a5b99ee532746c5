"""Upstream providers: the port in `base.py`, one package per vendor, and the built-in engine `studio`."""
