"""Wire dialects: one package each with the same four files: routes.py, wire.py, translate.py, errors.py."""
