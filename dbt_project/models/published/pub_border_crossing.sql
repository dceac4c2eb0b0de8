with

directions as (
    {%- for measure, direction in {
        'border_crossings_events': '_T', 'border_entries_events': 'entry', 'border_exits_events': 'exit',
    }.items() %}
    select '{{ measure }}' as measure_code, '{{ direction }}' as direction_code, *
    from ({{ public_table({'crossings': measure}) }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from directions
order by all
