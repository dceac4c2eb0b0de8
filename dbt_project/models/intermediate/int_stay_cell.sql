{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'stay_year'},
) }}

with

parts as (
    {{ parts_to_make('stay_year') }}
),

stays as (
    {{ coded('int_stay_classified', {
        'nationality_code': ['country', 'nationality_key'],
        'visited_code': ['country', 'counterpart_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'point_of_entry': ['point_of_entry', 'opening_point_of_entry_key'],
    }, date_key='closing_date_key') }}
    where facts.spell_status = 'matched' and facts.closing_date_key // 10000 in (select part from parts)
),

ended as (
    select
        *,
        if(stay_kind_code = 'abroad', visited_code, nationality_code) as counterpart_country_code
    from stays
),

cells as (
    {% call cells(
        'ended', frequencies=['M', 'A'], basis="'stay'", by=['counterpart_country_code', 'point_of_entry'], submission=none,
    ) %}
        median(duration_days) filter (where stay_kind_code = 'in_lao_pdr') as in_lao_pdr_days,
        count(*) filter (where stay_kind_code = 'in_lao_pdr') as in_lao_pdr,
        median(duration_days) filter (where stay_kind_code = 'abroad') as abroad_days,
        count(*) filter (where stay_kind_code = 'abroad') as abroad
    {% endcall %}
)

{{ rows_of_parts('cells', 'year(rows.period_starts_on)') }}
