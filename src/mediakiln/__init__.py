"""Mediakiln: a self-hosted server for AI image and video generation."""

__version__ = "0.1.0"
