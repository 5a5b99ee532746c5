"""Money: one wallet per account, an append-only ledger, and the audit that proves they agree."""
