-- What no release in the books needs: (name, statement that drops it). Views first, then partitions, then empty parents.
select name, statement
from (
    select 1 as turn, nspname::text as name, format('drop schema %I cascade', nspname) as statement
    from pg_catalog.pg_namespace
    where nspname ~ '^(public|restricted)_data_(next|before_[0-9]+)$'

    union all

    select 2, relname::text, format('drop table held.%I', relname)
    from pg_catalog.pg_class
    where
        relnamespace = 'held'::regnamespace
        and relkind = 'r'
        and relname not in (select partition_name from control.held_table)

    union all

    -- A view of the current release may still read it, beside others; then it stays.
    select 3, relname::text, format('drop table held.%I', relname)
    from pg_catalog.pg_class
    where
        relnamespace = 'held'::regnamespace
        and relkind = 'p'
        and not exists (
            select from pg_catalog.pg_inherits
            join pg_catalog.pg_class as child on child.oid = inhrelid
            where inhparent = pg_class.oid and child.relname in (select partition_name from control.held_table)
        )
) as leftover
order by turn, name;
