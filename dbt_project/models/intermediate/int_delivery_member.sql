{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': records_loaded_by_unit()},
) }}

{# What each fact is read by. The third of the month shows days that are missing, shifted or piled up. #}
{% set third = 'least((date_key % 100 - 1) // 10, 2)' %}
{% set compared = {
    'fct_border_crossing': {
        'sex': ['sex_key', 'sex'], 'age_group': ['age_group_key', 'age_group'],
        'nationality': ['nationality_key', 'country'], 'counterpart': ['counterpart_country_key', 'country'],
        'point_of_entry': 'point_of_entry_code', 'direction': 'direction_code', 'purpose': 'purpose_code',
        'visa_class': 'visa_class_code', 'document_type': 'document_type_code', 'third_of_month': third,
    },
    'fct_labour_deployment': {
        'sex': ['sex_key', 'sex'], 'age_group': ['age_group_key', 'age_group'], 'province': ['province_key', 'province'],
        'destination': ['destination_country_key', 'country'], 'industry': ['industry_key', 'industry'],
        'wage_currency': ['wage_currency_key', 'currency'], 'fee_currency': ['fee_currency_key', 'currency'],
        'third_of_month': third,
    },
    'fct_return': {
        'sex': ['sex_key', 'sex'], 'age_group': ['age_group_key', 'age_group'], 'province': ['province_key', 'province'],
        'country_left': ['country_left_key', 'country'], 'reason': 'return_reason_code', 'assisted': 'is_assisted',
        'third_of_month': third,
    },
    'fct_foreign_permit': {
        'sex': ['sex_key', 'sex'], 'age_group': ['age_group_key', 'age_group'], 'province': ['province_key', 'province'],
        'nationality': ['nationality_key', 'country'], 'industry': ['industry_key', 'industry'], 'third_of_month': third,
    },
    'fct_remittance_transfer': {
        'provider': 'provider_key', 'channel': 'channel_code', 'direction': 'direction_code',
        'corridor': ['corridor_country_key', 'country'], 'province': ['province_key', 'province'],
        'sender_sex': ['sender_sex_key', 'sex'], 'receiver_sex': ['receiver_sex_key', 'sex'],
        'currency': ['currency_key', 'currency'], 'third_of_month': third,
    },
    'fct_health_screening': {
        'point_of_entry': ['point_of_entry_key', 'point_of_entry'], 'nationality': ['nationality_key', 'country'],
        'third_of_month': third,
    },
} %}
{% set weights = {'fct_health_screening': 'persons_screened'} %}
with

load_units as (
    {{ load_units_to_load(records_loaded_by_unit()) }}
),

counted as (
    {% for fact, members in compared.items() %}
    {{ counted_members(fact, members, weights.get(fact, '1'), tagged=true) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from counted
