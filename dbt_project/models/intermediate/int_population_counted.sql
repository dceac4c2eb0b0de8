with

delivered as (
    {{ coded('fct_population', {
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

-- of one year the newest delivery counts, whole
newest as (
    select delivered.*
    from delivered
    inner join {{ ref('dim_submission') }} as submissions on delivered.submission_key = submissions.submission_key
    qualify rank() over (
        partition by reference_year order by submissions.period desc, submissions.received_at desc, basis
    ) = 1
),

-- what an all-ages row leaves over the ages is of unknown age
additive as (
    select * replace (
        if(age_group_code = '_T', '_U', age_group_code) as age_group_code,
        if(age_group_code = '_T', persons - coalesce(sum(persons) filter (where age_group_code <> '_T') over (
            partition by reference_year, area_code, sex_code
        ), 0), persons) as persons
    )
    from newest
),

known as (
    select * from additive where age_group_code <> '_U' or persons <> 0
),

final as (
    {% call cells(
        'known', months=12, obs_status='obs_status',
        by=['area_code', 'age_group_code', ['area_code', 'age_group_code']],
    ) %}
        sum(persons) as persons
    {% endcall %}
)

select * from final
