{# What makes two rows the same but for their day: a copy of another month has the same of all these. #}
{% set same = {
    'fct_border_crossing': "person_key, direction_code, point_of_entry_code, cast(crossed_at as time)",
    'fct_labour_deployment': "permit_key",
    'fct_return': "person_key, point_of_entry_key, province_key, country_left_key",
    'fct_foreign_permit': "permit_key",
    'fct_remittance_transfer': "provider_key, corridor_country_key, province_key, currency_key, amount, fee",
    'fct_service_contact': "person_key, centre_code, service_code",
    'fct_trafficking_victim': "case_key",
    'fct_student_abroad': "person_key, start_year",
    'fct_exchange_rate': "base_currency_key, quote_currency_key, rate",
} %}
{# Rows that cannot be recognised: of nobody known, or a rate of too few digits, which comes again by chance. #}
{% set recognisable = {
    'fct_return': 'person_key <> -1', 'fct_service_contact': 'person_key <> -1', 'fct_exchange_rate': 'rate >= 10000',
} %}
with

-- what a row is, as one number, so that large facts are compared cheaply
rows_told as (
    {% for fact, columns in same.items() %}
    select submission_key, hash({{ columns }}) as told, count(*) as rows
    from {{ ref(fact) }}
    {% if fact in recognisable %}where {{ recognisable[fact] }}{% endif %}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

told as (
    select submissions.extract, submissions.period, rows_told.told, sum(rows_told.rows) as rows
    from rows_told
    inner join {{ ref('dim_submission') }} as submissions on rows_told.submission_key = submissions.submission_key
    group by all
),

compared as (
    select
        *,
        lag(period) over (partition by extract, told order by period) as told_before
    from told
),

final as (
    select
        extract,
        period,

        cast(sum(rows) as bigint) as rows,
        cast(coalesce(sum(rows) filter (where told_before is not null), 0) as bigint) as repeated_rows,
        cast(sum(rows) - count(*) as bigint) as repeated_within_rows,
        round(repeated_rows / nullif(cast(sum(rows) as bigint), 0), 6) as repeated_share,
        round(repeated_within_rows / nullif(cast(sum(rows) as bigint), 0), 6) as repeated_within_share,
        max(told_before) as last_told_before
    from compared
    group by extract, period
)

select * from final
order by extract, period
