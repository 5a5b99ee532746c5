"""Servers that speak the vendors' protocols on loopback, for the official SDKs to talk to."""
