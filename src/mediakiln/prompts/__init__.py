"""Making prompts better before they are drawn, where a caller asks for it."""
