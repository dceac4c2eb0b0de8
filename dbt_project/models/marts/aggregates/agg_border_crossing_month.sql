with

crossings as (
    select * from {{ ref('fct_border_crossing') }}
),

final as (
    select
        {{ date_key("date_trunc('month', crossed_at)") }} as date_key,
        point_of_entry_key,
        nationality_key,
        sex_key,

        cast(date_trunc('month', crossed_at) as date) as month_on,
        direction_code,
        'event' as measure_type,

        count(*) as crossings,
        count(distinct person_key) as persons
    from crossings
    group by all
)

select * from final
order by all
