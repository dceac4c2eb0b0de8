-- Statements that began before a moment and still run: they may have been planned without the new partitions.
select count(*)
from pg_catalog.pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and state = 'active' and query_start < %(moment)s;
