with

units as (
    select * from {{ ref('int_submission_landed') }}
),

counted as (
    {% for record in records() + records_of_dimensions() %}
    select '{{ record }}' as record, 'landed' as layer, _landing_id as landing_id, count(*) as rows
    from {{ source('raw', record) }} group by all
    union all
    select '{{ record }}', 'staging', _landing_id, count(*) from {{ ref('stg_' ~ record) }} group by all
    union all
    {% if record in records_of_dimensions() %}
    -- a dimension has one row for many that landed: what is staged counts as used
    select '{{ record }}', 'fact', _landing_id, count(*) from {{ ref('stg_' ~ record) }} group by all
    {% else %}
    select '{{ record }}', 'fact', submission_key, count(*) from {{ ref(fact_of(record)) }} group by all
    {% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- starts from both sides: a landing nobody registered shows, and so does a registered one without rows
layers as (
    select record, landing_id, layer, rows from counted
    union all
    select record, landing_id, 'accepted', coalesce(rows_accepted, 0) from units
),

final as (
    select
        layers.record,
        coalesce(max(units.extract), '_U') as extract,
        max(units.period) as period,
        layers.landing_id as submission_key,

        cast(coalesce(sum(rows) filter (where layer = 'accepted'), 0) as bigint) as rows_accepted,
        cast(coalesce(sum(rows) filter (where layer = 'landed'), 0) as bigint) as rows_landed,
        cast(coalesce(sum(rows) filter (where layer = 'staging'), 0) as bigint) as rows_staged,
        cast(coalesce(sum(rows) filter (where layer = 'fact'), 0) as bigint) as rows_in_fact,
        cast(rows_landed - rows_in_fact as bigint) as rows_lost
    from layers
    left join units on layers.record = units.record and layers.landing_id = units.landing_id
    group by layers.record, layers.landing_id
)

select * from final
order by record, extract, period
