"""Sign-in and API keys of the NeoSpark API."""
