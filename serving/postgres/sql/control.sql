-- The publisher's own books: which releases are held, which is current. Readers cannot enter this schema.
create schema if not exists control;
create schema if not exists held;

create table if not exists control.release (
    release_key integer generated always as identity primary key,
    version text not null,
    is_synthetic boolean not null,
    is_whole boolean not null default false,
    loaded_at timestamptz not null default now()
);

create table if not exists control.held_table (
    release_key integer not null references control.release on delete cascade,
    part text not null,
    table_name text not null,
    partition_name text not null,
    shape jsonb not null,
    rows bigint not null,
    content_hash text,
    primary key (release_key, part, table_name)
);

-- One row. To change it is to publish.
create table if not exists control.current_release (
    is_only_row boolean primary key default true check (is_only_row),
    release_key integer not null references control.release,
    published_at timestamptz not null default now(),
    published_xid xid8 not null default pg_current_xact_id()
);

comment on schema control is 'Which releases are held and which is current; for the publisher alone.';
comment on schema held is 'The rows of all held releases, a partition per table and release; read through the views.';
comment on table control.release is 'One row per release that is being loaded or is held.';
comment on table control.held_table is 'One row per table of such a release.';
comment on table control.current_release is 'The release that all views show.';
comment on column control.current_release.published_xid is 'The transaction that made it current: older snapshots see the one before.';
