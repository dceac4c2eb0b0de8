-- Whether a snapshot from before the current release became current is still in use: its reader sees an older one.
select exists (
    select from pg_catalog.pg_stat_activity, control.current_release
    where
        datname = current_database()
        and pid <> pg_backend_pid()
        and backend_xmin is not null
        and age(backend_xmin) > age(xid(published_xid))
);
