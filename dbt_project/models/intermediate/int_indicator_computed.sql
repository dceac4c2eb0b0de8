{%- set indicators = [
    'sdg_17_3_2', 'sdg_10_c_1', 'sdg_10_7_1', 'sdg_10_7_4', 'sdg_16_2_2', 'sdg_8_8_1',
    'mp_a1', 'mp_a2', 'mp_a3', 'mp_a4', 'mp_a5', 'mp_a6', 'mp_b1', 'mp_b2', 'mp_b3', 'mp_b4', 'mp_b5',
    'lab_reg', 'lab_return', 'rem_corridor', 'rem_household', 'soc_sec', 'border', 'dtm', 'completeness',
] -%}
with

computed as (
    {%- for indicator in indicators %}
    select * from {{ ref('ind_' ~ indicator) }}
    {{ 'union all by name' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        {{ surrogate_key([
            'measure_code', 'frequency_code', 'period_starts_on', 'area_code', 'counterpart_country_code', 'sex_code',
            'age_group_code', 'breakdown_name', 'breakdown_code', 'basis', 'vintage', 'estimation_method',
        ]) }} as indicator_value_key,
        computed.*
    from computed
)

select * from final
