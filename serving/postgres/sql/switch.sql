-- Publication: every snapshot taken after this commits sees the new release in every view, every earlier one the old.
insert into control.current_release (release_key) values (%(release)s)
on conflict (is_only_row) do update
set release_key = excluded.release_key, published_at = now(), published_xid = pg_current_xact_id();
