with

months as (
    select * from {{ ref('int_stay_month') }}
),

final as (
    select
        {{ date_key('month_on') }} as date_key,
        counterpart_country_key,
        nationality_key,
        sex_key,
        age_group_key,

        month_on,
        flow_code,
        stay_kind_code,
        duration_class,
        'spell' as measure_type,
        'reported' as estimation_method,

        spells,
        border_trips,
        long_term_spells,
        long_term_open_spells,
        overdue_spells,
        begun_before_data_spells,
        undetermined_spells
    from months
)

select * from final
order by all
