with

load_units as (
    {{ load_units_to_load('returnee_count') }}
),

-- counting began at nought, so the first report of a province and sex is all new; a revision may make less than nothing new
differenced as (
    select
        *,
        lag(reported_on) over series as previous_reported_on,
        cumulative_returnees - coalesce(lag(cumulative_returnees) over series, 0) as new_returnees
    from {{ ref('stg_returnee_count') }}
    window series as (partition by _extract, province_code, sex_code order by reported_on)
),

final as (
    select
        {{ surrogate_key([
            'counts._extract', 'counts.reported_on', 'counts.province_code', 'counts.sex_code',
        ]) }} as returnee_count_key,
        {{ date_key('counts.reported_on') }} as date_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        {{ source_key('counts._extract') }} as source_key,
        counts._landing_id as submission_key,

        counts.reported_on,
        counts.previous_reported_on,
        'cumulative' as measure_type,
        'reported' as estimation_method,

        counts.cumulative_returnees,
        counts.new_returnees,

        load_units.load_key as _load_key,
        counts._row
    from differenced as counts
    inner join load_units on counts._landing_id = load_units.landing_id
    left join {{ ref('dim_province') }} as provinces
        on counts.province_code = provinces.province_code
        and {{ held_on('provinces', 'counts.reported_on') }}
    left join {{ ref('dim_sex') }} as sexes on counts.sex_code = sexes.sex_code
)

select * from final
order by reported_on, returnee_count_key
