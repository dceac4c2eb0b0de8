with

load_units as (
    {{ load_units_to_load('student_abroad') }}
),

students as (
    select
        landed.*,
        load_units.load_key,
        {{ age_in_years('landed.birth_date', 'null', 'landed.starts_on') }} as age_years
    from {{ ref('stg_student_abroad') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
),

final as (
    select
        {{ surrogate_key(['students._extract', 'students._period', 'students.person_key', 'students.start_year']) }}
            as student_abroad_key,
        {{ date_key('students.starts_on') }} as date_key,
        students.person_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(destinations.country_key, -1) as destination_country_key,
        {{ source_key('students._extract') }} as source_key,
        students._landing_id as submission_key,

        students.isced_level_code,
        students.isced_field_code,
        students.sponsor_code,
        students.start_year,
        students.start_year || '/' || right(cast(students.start_year + 1 as varchar), 2) as academic_year,
        'event' as measure_type,
        'reported' as estimation_method,

        cast(students.age_years as integer) as age_years,
        cast(1 as bigint) as students,

        students.load_key as _load_key,
        students._row
    from students
    left join {{ ref('dim_sex') }} as sexes on students.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages
        on {{ five_year_age_group('students.age_years') }} = ages.age_group_code
    left join {{ ref('dim_province') }} as provinces
        on students.province_code = provinces.province_code
        and {{ held_on('provinces', 'students.starts_on') }}
    left join {{ ref('dim_country') }} as destinations on students.destination_code = destinations.country_code
)

select * from final
order by start_year, student_abroad_key
