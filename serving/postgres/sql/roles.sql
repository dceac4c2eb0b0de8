-- Run once by an administrator, in the warehouse's own database:  psql -f serving/postgres/sql/roles.sql "$ADMIN_URL"
-- It may be run again. It sets no password: give people and programs logins of their own and make them members.
do $$
declare
    role_name text;
begin
    foreach role_name in array array['publisher', 'bi_reader', 'micro_reader'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
        end if;
    end loop;

    -- By default everybody may connect to a database and make temporary tables in it.
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to publisher, bi_reader, micro_reader', current_database());
    execute format('grant create on database %I to publisher', current_database());
    revoke all on schema public from public;

    -- What a reader may not enter is passed over, so one path serves both kinds of reader.
    execute format('alter database %I set search_path = restricted_data, public_data', current_database());
end
$$;

-- To know whether anybody still reads an old release, the publisher has to see the age of others' snapshots.
grant pg_read_all_stats to publisher;

-- Grants are the lock, made anew with each view by the loader. These only keep defaults from opening a side door.
alter default privileges for role publisher revoke all on tables from public;
alter default privileges for role publisher revoke execute on functions from public;

comment on role publisher is 'Owns and loads the warehouse''s releases.';
comment on role bi_reader is 'Reads the public part of the current release.';
comment on role micro_reader is 'Reads the restricted part (pseudonymous rows) and the public part of the current release.';
