"""OpenAI: pictures by the GPT image models, which are the answer to their submit. Its video API has ended."""
