with

crossing_months as (
    select 'crossing_month' as kind, date_key // 100 as part, {{ state_of('_load_key') }} as part_state
    from {{ ref('fct_border_crossing') }}
    group by all
),

transfer_months as (
    select date_key // 100 as part, {{ state_of('_load_key') }} as part_state
    from {{ ref('fct_remittance_transfer') }}
    group by all
),

transfers as (
    select 'transfer_month' as kind, part, part_state from transfer_months
    union all
    select 'transfer_year', part // 100, {{ state_of('part, part_state') }} from transfer_months group by all
),

-- a stay counts in the month it began and in the month it ended, by what is known of its length on the day of the release
stays as (
    select
        opening_date_key // 100 as opening_month,
        closing_date_key // 100 as closing_month,
        {{ state_of(
            'opening_date_key, closing_date_key, counterpart_country_key, nationality_key, sex_key, age_group_key, source_key, '
            'opening_point_of_entry_key, stay_kind_code, spell_status, duration_class, is_border_trip, duration_days, '
            'long_term_basis, is_long_term'
        ) }} as part_state
    from {{ ref('int_stay_classified') }}
    group by all
),

stay_months as (
    select 'stay_month' as kind, part, {{ state_of('opening_month, closing_month, part_state') }} as part_state
    from (
        select opening_month as part, * from stays
        union all
        select closing_month, * from stays where closing_month <> opening_month
    )
    where part > 0
    group by all
),

stay_years as (
    select 'stay_year' as kind, closing_month // 100 as part, {{ state_of('opening_month, closing_month, part_state') }} as part_state
    from stays
    where closing_month > 0
    group by all
),

stay_deliveries as (
    select
        'stay_delivery' as kind,
        submission_key as part,
        {{ state_of('stay_key, person_key, spell_status, is_border_trip, duration_class, duration_days') }} as part_state
    from {{ ref('fct_stay') }}
    group by all
),

-- a delivery that is compared with those of the year before it is compared again when one of them is replaced
compared_deliveries as (
    select
        'compared_delivery' as kind,
        later.landing_id as part,
        {{ state_of('earlier.load_key') }} as part_state
    from {{ ref('int_load_units') }} as later
    inner join {{ ref('int_load_units') }} as earlier
        on {{ month_number('earlier.period') }} between {{ month_number('later.period') }} - 12 and {{ month_number('later.period') }}
    group by all
),

final as (
    from crossing_months
    union all
    from transfers
    union all
    from stay_months
    union all
    from stay_years
    union all
    from stay_deliveries
    union all
    from compared_deliveries
)

select kind, cast(part as bigint) as part, part_state from final
