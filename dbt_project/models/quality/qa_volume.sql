with

-- what is delivered by event or by round has no usual size
deliveries as (
    select
        submissions.extract,
        submissions.period,
        sources.cadence,
        cast(sum(submissions.rows_accepted) as bigint) as rows
    from {{ ref('dim_submission') }} as submissions
    inner join (select distinct extract, cadence from {{ ref('dim_source') }}) as sources
        on submissions.extract = sources.extract
    where submissions.status = 'landed' and sources.cadence in ('monthly', 'quarterly', 'yearly')
    group by all
),

numbered as (
    select
        *,
        {{ month_number('period') }} as month_number
    from deliveries
),

-- the same month a year before, grown as the nine months before this one grew over theirs
seasons as (
    select
        later.extract,
        later.period,
        sum(earlier.rows) filter (where earlier.month_number = later.month_number - 12) as rows_year_before,
        sum(earlier.rows) filter (where recent.rows is not null) as rows_then,
        sum(recent.rows) as rows_since,
        count(recent.rows) as seasons
    from numbered as later
    inner join numbered as earlier
        on later.extract = earlier.extract
        and earlier.month_number between later.month_number - 21 and later.month_number - 12
    left join numbered as recent
        on earlier.extract = recent.extract
        and recent.month_number = earlier.month_number + 12
        and recent.month_number < later.month_number
    group by all
),

expected as (
    select
        numbered.extract,
        numbered.period,
        numbered.cadence,
        numbered.rows,
        count(*) over before as periods_before,
        median(numbered.rows) over before as median_before,
        case when seasons.seasons >= 2 then seasons.rows_year_before * seasons.rows_since / seasons.rows_then end
            as seasonal_rows
    from numbered
    left join seasons on numbered.extract = seasons.extract and numbered.period = seasons.period
    window before as (
        partition by numbered.extract order by numbered.period rows between 12 preceding and 1 preceding
    )
),

final as (
    select
        extract,
        period,

        cadence,
        rows,
        periods_before,
        round(coalesce(seasonal_rows, median_before), 1) as expected_rows,
        seasonal_rows is not null as is_seasonal,
        round(rows / nullif(expected_rows, 0), 4) as ratio_to_expected,
        -- as near to what was expected as chance allows: three standard errors of a count and of its expectation
        round((rows + 3 * sqrt(2 * expected_rows)) / nullif(expected_rows, 0), 4) as ratio_at_most,
        round((rows - 3 * sqrt(2 * expected_rows)) / nullif(expected_rows, 0), 4) as ratio_at_least,
        {{ is_excepted('qa_volume', 'expected.extract', 'expected.period') }} as is_excepted
    from expected
)

select * from final
order by extract, period
