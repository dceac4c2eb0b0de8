{# Facts that name persons, each with the day and the age on it where it tells one. #}
{% set facts = {
    'fct_border_crossing': ('age_years', 'nationality_key'), 'fct_foreign_permit': ('age_years', 'nationality_key'),
    'fct_labour_deployment': ('age_years', none), 'fct_return': ('age_years', none),
    'fct_student_abroad': ('age_years', none), 'fct_service_contact': (none, none),
} %}
with

told as (
    {% for fact, (age, nationality) in facts.items() %}
    select
        facts.person_key,
        facts.submission_key,
        min(facts.date_key) as date_key,
        min(facts.sex_key) filter (where facts.sex_key <> -1) as sex_key,
        min(facts.date_key // 10000 - {{ age or 'cast(null as integer)' }}) as birth_year,
        min({{ nationality or 'cast(null as bigint)' }}) filter (where {{ nationality or -1 }} <> -1) as nationality_key
    from {{ ref(fact) }} as facts
    where facts.person_key <> -1
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- each person as the delivery before told of them, whoever sent it
compared as (
    select
        *,
        lag(sex_key ignore nulls) over person as sex_key_before,
        lag(birth_year ignore nulls) over person as birth_year_before,
        lag(nationality_key ignore nulls) over person as nationality_key_before
    from told
    window person as (partition by person_key order by date_key, submission_key)
),

final as (
    select
        submissions.extract,
        submissions.period,

        count(*) as persons,
        count(*) filter (where compared.sex_key is not null and compared.sex_key_before is not null)
            as persons_known_by_sex,
        count(*) filter (where compared.birth_year is not null and compared.birth_year_before is not null)
            as persons_known_by_birth_year,
        count(*) filter (where compared.nationality_key is not null and compared.nationality_key_before is not null)
            as persons_known_by_nationality,
        round(count(*) filter (where compared.sex_key <> compared.sex_key_before)
            / nullif(persons_known_by_sex, 0), 6) as sex_contradicted_share,
        -- an age without its birthday is one year off either way
        round(count(*) filter (where abs(compared.birth_year - compared.birth_year_before) > 2)
            / nullif(persons_known_by_birth_year, 0), 6) as birth_year_contradicted_share,
        -- some hold two passports; few change them between one delivery and the next
        round(count(*) filter (where compared.nationality_key <> compared.nationality_key_before)
            / nullif(persons_known_by_nationality, 0), 6) as nationality_contradicted_share
    from compared
    inner join {{ ref('dim_submission') }} as submissions on compared.submission_key = submissions.submission_key
    group by submissions.extract, submissions.period
)

select * from final
order by extract, period
