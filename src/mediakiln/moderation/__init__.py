"""Moderation before anything is charged: one small port, a rule list by default."""
