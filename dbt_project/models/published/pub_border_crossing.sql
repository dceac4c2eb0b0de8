with

directions as (
    {{ public_table_of_kinds('direction_code', 'crossings', {
        'border_crossings_events': '_T', 'border_entries_events': 'entry', 'border_exits_events': 'exit',
    }) }}
)

select * from directions
order by all
