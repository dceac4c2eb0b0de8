with

reported as (
    {{ coded('fct_occupational_injury', {
        'sex_code': ['sex', 'sex_key'],
        'industry': ['industry', 'industry_key'],
    }) }}
),

injuries as (
    select *, migrant_status_code as migrant_status from reported
),

-- the workers stand beside the injuries of each severity; those of a row without injuries are not at risk here
cells as (
    {% call cells(
        'injuries', by=['migrant_status', 'industry'], months=12, obs_status='obs_status',
        observations='count(injuries)',
    ) %}
        {%- for severity in ['fatal', 'non_fatal'] %}
        sum(injuries) filter (where injury_severity_code = '{{ severity }}') as {{ severity }}_injuries,
        sum(workers) filter (where injury_severity_code = '{{ severity }}' and injuries is not null)
            as {{ severity }}_workers,
        count(injuries) filter (where injury_severity_code = '{{ severity }}') as {{ severity }}_observations
        {{- ',' if not loop.last }}
        {%- endfor %}
    {% endcall %}
),

final as (
    {%- set measures = [] -%}
    {%- for severity in ['fatal', 'non_fatal'] -%}
        {%- do measures.extend([
            {'measure': severity ~ '_occupational_injuries_events', 'value': severity ~ '_injuries',
                'observations': severity ~ '_observations'},
            {'measure': severity ~ '_occupational_injuries_per_100000_workers', 'factor': 100000,
                'numerator': severity ~ '_injuries', 'denominator': severity ~ '_workers',
                'observations': severity ~ '_observations'},
        ]) -%}
    {%- endfor %}
    {{ indicator_values('cells', measures) }}
)

select * from final
