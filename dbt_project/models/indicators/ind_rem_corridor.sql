with

households as (
    {{ coded('fct_household_remittance', {
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'head_sex_key'],
        'covid_period': ['covid_period', 'covid_period_key'],
    }) }}
),

-- only households know of money that no bank or operator saw
received as (
    select
        households.*,
        households.survey_weight * cast(households.amount_usd as double) as weighted_usd,
        modes.is_formal
    from households
    inner join {{ ref('remittance_mode') }} as modes on households.channel_code = modes.code
    where households.receives and households.amount_usd is not null and modes.is_formal is not null
),

transfer_cells as (
    select * exclude (_part, _part_state) from {{ ref('int_remittance_transfer_cell') }}
),

household_cells as (
    {% call cells('received', by=['area_code', 'covid_period'], months=12) %}
        sum(weighted_usd) as received_usd,
        coalesce(sum(weighted_usd) filter (where is_formal), 0) as formal_usd
    {% endcall %}
),

final as (
    {{ indicator_values('transfer_cells', [
        {'measure': 'remittance_transfers_received_usd', 'value': 'received_usd', 'observations': 'received'},
        {'measure': 'remittance_transfers_received_events', 'value': 'received', 'observations': 'received'},
        {
            'measure': 'remittance_transfers_received_mean_usd',
            'numerator': 'received_usd', 'denominator': 'received', 'observations': 'received',
        },
        {'measure': 'remittance_transfers_paid_usd', 'value': 'paid_usd', 'observations': 'paid'},
    ]) }}
    union all
    {{ indicator_values('household_cells', [
        {
            'measure': 'remittances_formal_share_pct', 'factor': 100,
            'numerator': 'formal_usd', 'denominator': 'received_usd',
        },
    ]) }}
)

select * from final
