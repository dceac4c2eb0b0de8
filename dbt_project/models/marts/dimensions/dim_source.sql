with

extracts as (
    select * from {{ ref('stg_extract') }}
),

deliveries as (
    select
        extract,
        max(sender) as sender,
        max(record) as record,
        bool_or(is_synthetic) filter (where status = 'landed') as is_synthetic
    from {{ ref('stg_submission') }}
    group by extract
),

vintages as (
    {% for record in records_with_vintages() %}
    select distinct _extract as extract, vintage from {{ ref('stg_' ~ record) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

members as (
    select extract, vintage from vintages
    union all
    select extract, '_Z' as vintage
    from (select extract from extracts union select extract from deliveries)
    where extract not in (select extract from vintages)
),

final as (
    select
        {{ source_key('members.extract', 'members.vintage') }} as source_key,

        members.extract,
        members.vintage,
        coalesce(extracts.record, deliveries.record, '_U') as record,
        coalesce(extracts.sender, deliveries.sender, '_U') as sender,
        coalesce(extracts.ministry_en, 'Unknown') as ministry_en,
        coalesce(extracts.ministry_lo, 'ບໍ່ລະບຸ') as ministry_lo,
        extracts.title_en,
        extracts.title_lo,
        extracts.cadence,
        extracts.licence,
        extracts.citation,
        coalesce(extracts.is_current, false) as is_current,
        coalesce(deliveries.is_synthetic, false) as is_synthetic
    from members
    left join extracts on members.extract = extracts.extract
    left join deliveries on members.extract = deliveries.extract

    union all

    select -1, '_U', '_Z', '_U', '_U', 'Unknown', 'ບໍ່ລະບຸ', null, null, null, null, null, false, false
)

select * from final
