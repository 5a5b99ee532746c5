"""Images: sessions, messages, generation and billing history of the NeoSpark API."""
