"""Kling: videos and pictures over its HTTP API; each request carries a token that the account's secret signs."""
