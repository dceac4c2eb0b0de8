-- Detects a dimension without its unknown member, to which facts would then point in vain.
-- Likely cause: a code list whose is_unknown row is missing or doubled.
-- A row is one dimension with the number of its unknown members.
{{ config(meta={'dagster': {'ref': {'name': 'dim_country'}}}) }}

{%- set keys = {
    'dim_sex': 'sex_key', 'dim_country': 'country_key', 'dim_province': 'province_key',
    'dim_district': 'district_key', 'dim_point_of_entry': 'point_of_entry_key',
    'dim_age_group': 'age_group_key', 'dim_occupation': 'occupation_key', 'dim_industry': 'industry_key',
    'dim_currency': 'currency_key', 'dim_covid_period': 'covid_period_key', 'dim_date': 'date_key',
    'dim_provider': 'provider_key', 'dim_recruitment_agency': 'recruitment_agency_key',
    'dim_source': 'source_key', 'dim_submission': 'submission_key', 'dim_indicator': 'indicator_key',
    'dim_release': 'release_key',
} %}

{% for dimension, key in keys.items() %}
select '{{ dimension }}' as dimension, count(*) as unknown_members
from {{ ref(dimension) }}
where {{ key }} = -1
having count(*) <> 1
{% if not loop.last %}union all{% endif %}
{% endfor %}
