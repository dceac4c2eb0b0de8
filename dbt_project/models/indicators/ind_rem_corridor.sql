with

transfers as (
    {{ coded('fct_remittance_transfer', {
        'counterpart_country_code': ['country', 'corridor_country_key'],
        'area_code': ['province', 'province_key'],
        'receiver_sex_code': ['sex', 'receiver_sex_key'],
        'sender_sex_code': ['sex', 'sender_sex_key'],
        'covid_period': ['date', 'date_key', 'covid_period_code'],
    }) }}
),

households as (
    {{ coded('fct_household_remittance', {
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'head_sex_key'],
        'covid_period': ['covid_period', 'covid_period_key'],
    }) }}
),

-- the sex is that of the person in Lao PDR
sent as (
    select
        transfers.*,
        if(transfers.direction_code = 'received', receiver_sex_code, sender_sex_code) as sex_code,
        transfers.channel_code as channel,
        if(transfers.direction_code = 'received', transfers.amount_usd, null) as received_usd,
        if(transfers.direction_code = 'paid', transfers.amount_usd, null) as paid_usd
    from transfers
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
    {% call cells(
        'sent', frequencies=['M', 'Q', 'S', 'A'], basis="'remittance_transfer'",
        obs_status="if(obs_status = 'M', 'P', 'A')",
        by=['counterpart_country_code', 'channel', 'covid_period', 'area_code', ['counterpart_country_code', 'channel']],
    ) %}
        sum(received_usd) as received_usd,
        count(received_usd) as received,
        sum(paid_usd) as paid_usd,
        count(paid_usd) as paid
    {% endcall %}
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
