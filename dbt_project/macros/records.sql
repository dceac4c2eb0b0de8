{# Every record that lands and has a fact, in one place: models that look at all of them loop over this list. #}
{% macro records() -%}
    {{ return([
        'asylum_application', 'border_crossing', 'consular_case', 'displacement', 'exchange_rate', 'foreign_permit',
        'health_screening', 'household_remittance', 'labour_deployment', 'migrant_stock', 'national_account',
        'occupational_injury', 'population', 'recruitment_cost', 'refugee_stock', 'remittance_estimate',
        'remittance_flow', 'remittance_price', 'remittance_transfer', 'return_migration', 'returnee_count',
        'service_contact', 'student_abroad', 'trafficking_victim',
    ]) }}
{%- endmacro %}

{# The fact of a record bears its name; only a return is shorter, since the fact holds nothing but returns. #}
{% macro fact_of(record) -%}
    {{ return('fct_return' if record == 'return_migration' else 'fct_' ~ record) }}
{%- endmacro %}

{# Records whose rows carry the release date or revision of their source in `vintage`. #}
{% macro records_with_vintages() -%}
    {{ return([
        'asylum_application', 'migrant_stock', 'national_account', 'refugee_stock', 'remittance_estimate',
        'remittance_flow', 'remittance_price',
    ]) }}
{%- endmacro %}

{# Records whose fact is incremental by load unit. #}
{% macro records_loaded_by_unit() -%}
    {{ return([
        'border_crossing', 'foreign_permit', 'health_screening', 'labour_deployment', 'remittance_transfer',
        'return_migration',
    ]) }}
{%- endmacro %}

{# Records that feed a dimension and have no fact. #}
{% macro records_of_dimensions() -%}
    {{ return(['agency_licence']) }}
{%- endmacro %}
