"""Picture effects: one photograph through one template (seed 001)."""
