"""The asset models of the gateway: groups of files that are named as `asset://<id>` (seed 002; wire file, section 6.4)."""
