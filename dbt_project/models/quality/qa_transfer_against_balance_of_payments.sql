with

-- a quarter counts once all its months are there from the extract
transfers as (
    select
        submissions.extract,
        facts.direction_code,
        date_trunc('quarter', facts.sent_on) as quarter_starts_on,
        cast(sum(facts.amount_usd) as double) as transfers_usd,
        count(distinct submissions.period) as months
    from {{ ref('fct_remittance_transfer') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    group by all
),

flows as (
    select direction_code, quarter_starts_on, cast(sum(amount_usd) as double) as balance_of_payments_usd
    from {{ ref('remittance_flow_latest') }}
    where bop_item_code <> 'capital_transfers'
    group by all
),

evidence as (
    select
        transfers.extract,
        strftime(transfers.quarter_starts_on + interval 2 months, '%Y-%m') as period,
        transfers.direction_code,
        transfers.transfers_usd,
        flows.balance_of_payments_usd,
        round(transfers.transfers_usd / nullif(flows.balance_of_payments_usd, 0), 6) as coverage_share
    from transfers
    inner join flows
        on transfers.direction_code = flows.direction_code and transfers.quarter_starts_on = flows.quarter_starts_on
    where transfers.months = 3
),

final as (
    select
        *,
        count(*) over before as periods_before,
        round(coverage_share / nullif(median(coverage_share) over before, 0), 4) as coverage_share_ratio_to_median_8
    from evidence
    window before as (
        partition by extract, direction_code order by period rows between 8 preceding and 1 preceding
    )
)

select * from final
order by extract, period, direction_code
