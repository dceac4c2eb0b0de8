with

stays as (
    select * from {{ ref('int_stay_classified') }}
),

-- a stay counts in the month it began and in the month it ended
ends as (
    select *, opened_on as happened_on, if(stay_kind_code = 'abroad', 'emigration', 'immigration') as flow_code
    from stays
    where opened_on is not null
    union all
    select *, closed_on, if(stay_kind_code = 'abroad', 'return', 'departure')
    from stays
    where closed_on is not null
),

final as (
    select
        {{ date_key("date_trunc('month', happened_on)") }} as date_key,
        counterpart_country_key,
        nationality_key,
        sex_key,
        age_group_key,

        cast(date_trunc('month', happened_on) as date) as month_on,
        flow_code,
        stay_kind_code,
        duration_class,
        'spell' as measure_type,
        'reported' as estimation_method,

        count(*) as spells,
        count(*) filter (where is_border_trip) as border_trips,
        count(*) filter (where is_long_term) as long_term_spells,
        count(*) filter (where is_long_term and long_term_basis = 'still_open') as long_term_open_spells,
        count(*) filter (where long_term_basis = 'overdue') as overdue_spells,
        count(*) filter (where long_term_basis = 'begun_before_data') as begun_before_data_spells,
        count(*) filter (where is_long_term is null) as undetermined_spells
    from ends
    group by all
)

select * from final
order by all
