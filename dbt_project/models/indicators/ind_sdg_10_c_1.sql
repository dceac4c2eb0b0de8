with

prices as (
    {{ coded('fct_remittance_price', {
        'counterpart_country_code': ['country', 'send_country_key'],
        'receiver_code': ['country', 'receive_country_key'],
    }) }}
),

surveyed as (
    select *, amount_usd = 200 as is_about_200, amount_usd = 500 as is_about_500, total_cost_pct as cost_pct
    from prices
    where receiver_code = 'LAO' and total_cost_pct is not null
),

surveyed_cells as (
    {% call cells(
        'surveyed', frequencies=['Q'], by=['counterpart_country_code'], sex=false, months=3,
        vintage='vintage', obs_status='obs_status',
    ) %}
        avg(cost_pct) filter (where is_about_200) as cost_200_usd,
        count(*) filter (where is_about_200) as seen_200_usd,
        avg(cost_pct) filter (where is_about_500) as cost_500_usd,
        count(*) filter (where is_about_500) as seen_500_usd,
        null as cost_any_amount,
        0 as seen_any_amount
    {% endcall %}
),

transferred_cells as (
    select * exclude (_part, _part_state) from {{ ref('int_remittance_cost_cell') }}
),

cells as (
    select * from surveyed_cells
    union all
    select * from transferred_cells
),

-- the targets are about corridors: none above 5 per cent, and 3 per cent on average
final as (
    {%- set measures = [] -%}
    {%- for sum in ['200_usd', '500_usd', 'any_amount'] -%}
        {%- do measures.append({
            'measure': 'remittance_cost_' ~ sum ~ '_pct', 'value': 'cost_' ~ sum, 'observations': 'seen_' ~ sum,
        }) -%}
        {%- for target in [5, 3] -%}
            {%- do measures.append({
                'measure': 'remittance_cost_' ~ sum ~ '_above_' ~ target ~ '_pct',
                'value': 'cost_' ~ sum ~ ' > ' ~ target, 'observations': 'seen_' ~ sum,
                'where': "counterpart_country_code <> '_T' and sex_code = '_T'",
            }) -%}
        {%- endfor -%}
    {%- endfor %}
    {{ indicator_values('cells', measures) }}
)

select * from final
