with

load_units as (
    {{ load_units_to_load('displacement') }}
),

recordings as (
    select * from {{ ref('stg_displacement') }}
),

final as (
    select
        {{ surrogate_key(['recordings._extract', 'recordings._period', 'recordings._sheet', 'recordings._row']) }}
            as displacement_key,
        {{ date_key('recordings.recorded_on') }} as date_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(districts.district_key, -1) as district_key,
        {{ source_key('recordings._extract') }} as source_key,
        recordings._landing_id as submission_key,

        recordings.event,
        recordings.site,
        recordings.cause_code,
        recordings.recorded_on,
        'stock' as measure_type,
        'reported' as estimation_method,

        recordings.households,
        recordings.persons,
        recordings.female,
        recordings.male,
        recordings.persons - coalesce(recordings.female, 0) - coalesce(recordings.male, 0) as sex_not_stated,
        recordings.under_18,

        load_units.load_key as _load_key,
        recordings._row
    from recordings
    inner join load_units on recordings._landing_id = load_units.landing_id
    left join {{ ref('dim_province') }} as provinces
        on recordings.province_code = provinces.province_code
        and {{ held_on('provinces', 'recordings.recorded_on') }}
    left join {{ ref('dim_district') }} as districts
        on recordings.district_code = districts.district_code
        and {{ held_on('districts', 'recordings.recorded_on') }}
)

select * from final
order by recorded_on, displacement_key
