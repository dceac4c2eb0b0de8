with

months as (
    select * from {{ ref('int_border_crossing_month') }}
),

final as (
    select
        {{ date_key('month_on') }} as date_key,
        point_of_entry_key,
        nationality_key,
        sex_key,

        month_on,
        direction_code,
        'event' as measure_type,

        crossings,
        persons
    from months
)

select * from final
order by all
