with

facts as (
    select
        *,
        {{ vintage_date('vintage') }} as vintage_on
    from {{ ref('fct_remittance_flow') }}
),

restated as (
    select
        *,
        lag(amount_usd) over (
            partition by quarter_starts_on, bop_item_code, direction_code order by vintage_on, vintage
        ) as amount_before_usd
    from facts
),

-- releases are rounded to a tenth of a million, so a small amount jumps without being revised
revised as (
    select
        *,
        case when amount_before_usd >= 5000000 then abs(amount_usd / amount_before_usd - 1) end as revision_share
    from restated
),

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.quarter_starts_on) as quarters,
        count(distinct facts.vintage) as vintages,
        cast(sum(facts.amount_usd)
            filter (where facts.direction_code = 'received' and facts.bop_item_code <> 'capital_transfers') as double)
            as received_usd,
        cast(sum(facts.amount_usd)
            filter (where facts.direction_code = 'paid' and facts.bop_item_code <> 'capital_transfers') as double)
            as paid_usd,
        -- three items in two directions for each quarter
        count(distinct facts.quarter_starts_on) * 6
        - count(distinct (facts.quarter_starts_on, facts.bop_item_code, facts.direction_code)) as missing_cells,
        count(*) filter (where facts.amount_usd is null and facts.obs_status in ('A', 'E', 'P'))
            as null_without_mark_rows,
        count(*) filter (where day(facts.quarter_starts_on) <> 1 or month(facts.quarter_starts_on) % 3 <> 1)
            as not_a_quarter_rows,
        cast(max(facts.revision_share) as double) as largest_revision_share
    from revised as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }},
        {{ evidence_ratios('received_usd') }}
    from evidence
)

select * from final
order by extract, period
