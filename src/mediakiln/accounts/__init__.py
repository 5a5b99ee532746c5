"""Who calls: accounts, plans, API keys, principals and rate limits."""
