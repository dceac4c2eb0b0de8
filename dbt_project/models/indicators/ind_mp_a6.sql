with

stocks as (
    {{ coded('fct_refugee_stock', {
        'origin_code': ['country', 'origin_country_key'],
        'asylum_code': ['country', 'asylum_country_key'],
    }) }}
),

applications as (
    {{ coded('fct_asylum_application', {
        'origin_code': ['country', 'origin_country_key'],
        'counterpart_country_code': ['country', 'asylum_country_key'],
    }) }}
),

-- the other country is that of asylum for people from Lao PDR, and that of origin for people in it
protected as (
    select *, population_type_code as population_type, origin_code = 'LAO' as is_from_lao_pdr,
        if(origin_code = 'LAO', asylum_code, origin_code) as counterpart_country_code
    from stocks
),

from_lao_pdr as (
    select * from protected where is_from_lao_pdr and asylum_code <> 'LAO'
),

in_lao_pdr as (
    select * from protected where asylum_code = 'LAO'
),

applied as (
    select *, application_type_code as application_type from applications where origin_code = 'LAO'
),

from_cells as (
    {% call cells(
        'from_lao_pdr', by=[['counterpart_country_code', 'population_type'], 'population_type'], sex=false, months=12,
        vintage='vintage', obs_status='obs_status',
    ) %}
        sum(persons) as persons
    {% endcall %}
),

in_cells as (
    {% call cells(
        'in_lao_pdr', by=[['counterpart_country_code', 'population_type'], 'population_type'], sex=false, months=12,
        vintage='vintage', obs_status='obs_status',
    ) %}
        sum(persons) as persons
    {% endcall %}
),

applied_cells as (
    {% call cells(
        'applied', by=[['counterpart_country_code', 'application_type'], 'application_type'], sex=false, months=12,
        vintage='vintage', obs_status='obs_status',
    ) %}
        sum(applications) filter (where persons_or_cases_code = 'persons') as persons,
        count(*) filter (where persons_or_cases_code = 'persons') as person_rows,
        sum(applications) filter (where persons_or_cases_code = 'cases') as cases,
        count(*) filter (where persons_or_cases_code = 'cases') as case_rows
    {% endcall %}
),

-- stocks and flows, or first claims and appeals, are not added up: there is no value over all types
final as (
    {%- set by_type = "breakdown_name <> '_Z'" %}
    {{ indicator_values('from_cells', [
        {'measure': 'displaced_from_lao_pdr_persons', 'value': 'persons', 'where': by_type},
    ]) }}
    union all
    {{ indicator_values('in_cells', [
        {'measure': 'displaced_in_lao_pdr_persons', 'value': 'persons', 'where': by_type},
    ]) }}
    union all
    {{ indicator_values('applied_cells', [
        {'measure': 'asylum_applications_persons', 'value': 'persons', 'observations': 'person_rows', 'where': by_type},
        {'measure': 'asylum_applications_cases', 'value': 'cases', 'observations': 'case_rows', 'where': by_type},
    ]) }}
)

select * from final
