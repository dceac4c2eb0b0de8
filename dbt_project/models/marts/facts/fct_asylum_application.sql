with

load_units as (
    {{ load_units_to_load('asylum_application') }}
),

applications as (
    select * from {{ ref('stg_asylum_application') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        {{ surrogate_key([
            'applications._extract', 'applications.vintage', 'applications.reference_year', 'applications.origin_code',
            'applications.asylum_code', 'applications.procedure_code', 'applications.application_type_code',
            'applications.decision_level_code', 'applications.persons_or_cases_code',
        ]) }} as asylum_application_key,
        {{ date_key('make_date(applications.reference_year, 12, 31)') }} as date_key,
        coalesce(origins.country_key, -1) as origin_country_key,
        coalesce(asylums.country_key, -1) as asylum_country_key,
        {{ source_key('applications._extract', 'applications.vintage') }} as source_key,
        applications._landing_id as submission_key,

        applications.reference_year,
        applications.procedure_code,
        applications.application_type_code,
        applications.decision_level_code,
        applications.persons_or_cases_code,
        applications.vintage,
        'flow' as measure_type,
        'reported' as estimation_method,
        applications.obs_status,

        applications.applications,

        load_units.load_key as _load_key,
        applications._row
    from applications
    inner join load_units on applications._landing_id = load_units.landing_id
    left join countries as origins on applications.origin_code = origins.country_code
    left join countries as asylums on applications.asylum_code = asylums.country_code
)

select * from final
order by reference_year, asylum_application_key
