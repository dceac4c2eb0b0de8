"""A release in PostgreSQL: loaded in bulk, compared with the release, then made current by changing one row.

Readers see views. A view filters on the release that is current, so a statement, and a transaction of one snapshot, sees
one release; nothing that a reader holds is locked when another one becomes current (docs/serving-postgres.md).
"""
