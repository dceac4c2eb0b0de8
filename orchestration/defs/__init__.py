"""One module per Dagster concept; each has functions that return definitions and none does anything at import."""
