with

kinds as (
    {{ public_table_of_kinds('permit_kind_code', 'permits', {
        'work_permits_issued_events': 'work', 'residence_permits_issued_events': 'residence',
    }) }}
)

select * from kinds
order by all
