with

counted as (
    {%- for record in records() %}
    select '{{ record }}' as record, '{{ fact_of(record) }}' as fact, submission_key, date_key // 100 as year_month, count(*) as rows
    from {{ ref(fact_of(record)) }}
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        {{ date_key('make_date(year_month // 100, year_month % 100, 1)') }} as date_key,
        submission_key,

        record,
        fact,
        make_date(year_month // 100, year_month % 100, 1) as month_on,

        rows
    from counted
    where year_month > 0
)

select * from final
order by record, submission_key, month_on
