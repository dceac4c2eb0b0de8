with

prices as (
    {{ coded('fct_remittance_price', {
        'counterpart_country_code': ['country', 'send_country_key'],
        'receiver_code': ['country', 'receive_country_key'],
    }) }}
),

transfers as (
    {{ coded('fct_remittance_transfer', {
        'counterpart_country_code': ['country', 'corridor_country_key'],
        'sex_code': ['sex', 'receiver_sex_key'],
    }) }}
),

surveyed as (
    select *, amount_usd = 200 as is_about_200, amount_usd = 500 as is_about_500, total_cost_pct as cost_pct
    from prices
    where receiver_code = 'LAO' and total_cost_pct is not null
),

-- our own transfers: the fee, and what the provider's rate keeps of what is received
transferred as (
    select
        *,
        amount_usd between 150 and 250 as is_about_200,
        amount_usd between 400 and 600 as is_about_500,
        100 * fee_usd / amount_usd + coalesce(fx_margin_pct, 0) as cost_pct,
        channel_code as channel
    from transfers
    where direction_code = 'received' and fee_usd is not null and amount_usd > 0
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
    {% call cells(
        'transferred', frequencies=['Q', 'A'], by=['counterpart_country_code', 'channel'], basis="'remittance_transfer'",
    ) %}
        avg(cost_pct) filter (where is_about_200) as cost_200_usd,
        count(*) filter (where is_about_200) as seen_200_usd,
        avg(cost_pct) filter (where is_about_500) as cost_500_usd,
        count(*) filter (where is_about_500) as seen_500_usd,
        avg(cost_pct) as cost_any_amount,
        count(*) as seen_any_amount
    {% endcall %}
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
