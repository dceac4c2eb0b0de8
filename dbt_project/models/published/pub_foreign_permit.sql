with

kinds as (
    {%- for measure, kind in {
        'work_permits_issued_events': 'work', 'residence_permits_issued_events': 'residence',
    }.items() %}
    select '{{ measure }}' as measure_code, '{{ kind }}' as permit_kind_code, *
    from ({{ public_table({'permits': measure}) }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from kinds
order by all
