"""Google Gemini: pictures by its image models on the Developer API, which are the answer to their submit."""
