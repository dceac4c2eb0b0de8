with

calendar as (
    select
        *,
        cast(period || '-01' as date) as observed_on,
        cast(-1 as bigint) as source_key
    from {{ ref('qa_delivery_calendar') }}
    where status <> 'not_due'
),

cells as (
    {% call cells(
        'calendar', frequencies=['M', 'A'], by=['sender', 'extract'], sex=false, basis="'delivery_calendar'", submission=none,
    ) %}
        count(*) filter (where status <> 'missing') as delivered,
        count(*) filter (where status = 'on_time') as on_time,
        avg(late_days) as late_days_mean
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'deliveries_complete_pct', 'factor': 100, 'numerator': 'delivered', 'denominator': 'observations'},
        {'measure': 'deliveries_on_time_pct', 'factor': 100, 'numerator': 'on_time', 'denominator': 'observations'},
        {'measure': 'delivery_delay_days_mean', 'value': 'late_days_mean', 'observations': 'delivered'},
    ]) }}
)

select * from final
