"""The list of models and what each of them takes (wire file, section 8)."""
