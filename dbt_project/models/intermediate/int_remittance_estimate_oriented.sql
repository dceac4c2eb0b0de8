with

estimates as (
    select
        facts.*,
        sources.extract,
        reporters.country_code as reporter_code,
        counterparts.country_code as counterpart_code
    from {{ ref('fct_remittance_estimate') }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
    inner join {{ ref('dim_country') }} as reporters on facts.reporting_country_key = reporters.country_key
    inner join {{ ref('dim_country') }} as counterparts on facts.counterpart_country_key = counterparts.country_key
),

-- what Thailand pays to Lao PDR is what Lao PDR receives from Thailand
final as (
    select
        extract,
        source_key,
        submission_key,
        series,
        vintage,
        reference_year,
        estimation_method,
        obs_status,
        if(reporter_code = 'LAO', direction_code, if(direction_code = 'paid', 'received', 'paid')) as direction_code,
        if(reporter_code = 'LAO', counterpart_code, reporter_code) as counterpart_code,
        cast(amount_usd as double) as amount_usd
    from estimates
    where reporter_code = 'LAO' or counterpart_code = 'LAO'
)

select * from final
