with

returned as (
    {{ seen_at_the_border('fct_return', 'return_key', 'returned_on', 'entry') }}
),

evidence as (
    select
        extract,
        period,
        count(*) as rows,
        round(avg(cast(is_seen as integer)), 6) as entry_seen_share
    from returned
    group by extract, period
),

final as (
    select
        *,
        {{ periods_before() }},
        {{ evidence_ratios('entry_seen_share') }}
    from evidence
)

select * from final
order by extract, period
