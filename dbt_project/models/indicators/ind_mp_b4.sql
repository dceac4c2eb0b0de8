with

students as (
    {{ coded('fct_student_abroad', {
        'counterpart_country_code': ['country', 'destination_country_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

contacts as (
    {{ coded('fct_service_contact', {
        'counterpart_country_code': ['country', 'destination_country_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
    }) }}
),

cases as (
    {{ coded('fct_consular_case', {
        'counterpart_country_code': ['country', 'mission_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

-- the academic year counts in the year it begins
started as (
    select
        * replace (make_date(start_year, 1, 1) as observed_on),
        isced_level_code as isced_level,
        isced_field_code as isced_field,
        sponsor_code as sponsor
    from students
),

served as (
    select *, service_code as service, topic_code as topic from contacts
),

opened as (
    select
        * replace (cast(date_trunc('quarter', opened_on) as date) as observed_on),
        case_kind_code as case_kind
    from cases
),

student_cells as (
    {% call cells(
        'started', months=12,
        by=['counterpart_country_code', 'area_code', 'age_group_code', 'isced_level', 'isced_field', 'sponsor'],
    ) %}
        count(distinct person_key) as persons
    {% endcall %}
),

contact_cells as (
    {% call cells('served', frequencies=['M', 'A'], by=['counterpart_country_code', 'area_code', 'service', 'topic']) %}
        count(*) as contacts,
        sum(amount_recovered_usd) as recovered_usd,
        count(amount_recovered_usd) as recoveries
    {% endcall %}
),

case_cells as (
    {% call cells(
        'opened', frequencies=['Q', 'A'], by=['counterpart_country_code', 'age_group_code', 'case_kind'], months=3,
    ) %}
        count(*) as cases
    {% endcall %}
),

final as (
    {{ indicator_values('student_cells', [{'measure': 'students_starting_abroad_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('contact_cells', [
        {'measure': 'service_contacts_events', 'value': 'contacts'},
        {'measure': 'amount_recovered_usd', 'value': 'recovered_usd', 'observations': 'recoveries'},
    ]) }}
    union all
    {{ indicator_values('case_cells', [{'measure': 'consular_cases_events', 'value': 'cases'}]) }}
)

select * from final
