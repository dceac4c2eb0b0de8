with

-- each recording of an event counts all its sites again; the latest one stands for the event
latest as (
    {{ coded('displacement_latest', {
        'province_code': ['province', 'province_key'],
        'district_code': ['district', 'district_key'],
    }) }}
),

-- households have no sex; they stand beside the persons of unknown one so that they count once
by_sex as (
    select * exclude (persons), unnest([
        {'sex_code': 'female', 'persons': female, 'households_once': 0, 'under_18_once': 0},
        {'sex_code': 'male', 'persons': male, 'households_once': 0, 'under_18_once': 0},
        {'sex_code': 'unknown', 'persons': sex_not_stated, 'households_once': households, 'under_18_once': under_18}
    ], recursive := true)
    from latest
),

provinces as (
    select *, province_code as area_code, cause_code as cause from by_sex where coalesce(persons, 0) + households_once > 0
),

districts as (
    select * replace (district_code as area_code) from provinces
),

province_cells as (
    {% call cells(
        'provinces', by=['area_code', 'event', 'cause', ['area_code', 'event']], months=12,
        observations='count(distinct displacement_key)', row_key='displacement_key',
    ) %}
        sum(persons) as persons,
        sum(households_once) as households,
        sum(under_18_once) as under_18
    {% endcall %}
),

district_cells as (
    {% call cells(
        'districts', by=['area_code', ['area_code', 'event']], months=12,
        observations='count(distinct displacement_key)', row_key='displacement_key',
    ) %}
        sum(persons) as persons,
        sum(households_once) as households,
        sum(under_18_once) as under_18
    {% endcall %}
),

cells as (
    select * from province_cells
    union all
    select * from district_cells where area_code <> 'LAO'
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'displaced_persons', 'value': 'persons'},
        {'measure': 'displaced_households', 'value': 'households', 'where': "sex_code = '_T'"},
        {'measure': 'displaced_under_18_persons', 'value': 'under_18', 'where': "sex_code = '_T'"},
    ]) }}
)

select * from final
