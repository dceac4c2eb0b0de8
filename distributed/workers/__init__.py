"""Dagster on several workers: its history and its queue in PostgreSQL, runs on whichever worker is free (docs/several-workers.md)."""
