"""Files to landed Parquet: contracts, readers, normalisation, landing and receipts.

What belongs here: everything that happens to a sender's bytes until they are typed, decoded and
pseudonymised. What does not: Dagster, dbt and Great Expectations, which this package never imports.
"""
