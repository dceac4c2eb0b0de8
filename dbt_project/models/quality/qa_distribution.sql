{# What facts that are made anew every time are read by; the others' members are kept, see int_delivery_member. #}
{% set compared = {
    'fct_service_contact': {
        'sex': ['sex_key', 'sex'], 'centre': 'centre_code', 'service': 'service_code',
        'destination': ['destination_country_key', 'country'],
    },
    'fct_consular_case': {
        'sex': ['sex_key', 'sex'], 'mission': ['mission_country_key', 'country'], 'case_kind': 'case_kind_code',
    },
    'fct_trafficking_victim': {
        'sex': ['sex_key', 'sex'], 'form': 'exploitation_form_code', 'child': 'is_minor',
        'nationality': ['nationality_key', 'country'],
    },
    'fct_population': {
        'sex': ['sex_key', 'sex'], 'age_group': ['age_group_key', 'age_group'], 'province': ['province_key', 'province'],
    },
    'fct_student_abroad': {
        'sex': ['sex_key', 'sex'], 'destination': ['destination_country_key', 'country'], 'level': 'isced_level_code',
    },
    'fct_occupational_injury': {
        'sex': ['sex_key', 'sex'], 'industry': ['industry_key', 'industry'], 'migrant_status': 'migrant_status_code',
    },
} %}
{% set weights = {'fct_population': 'persons', 'fct_occupational_injury': 'workers'} %}
with

counted as (
    select
        kept.submission_key,
        kept.dimension,
        -- a provider's name is the newest spelling of it, so it is not kept
        coalesce(providers.provider_name, kept.member) as member,
        kept.rows,
        kept.weight
    from {{ ref('int_delivery_member') }} as kept
    left join {{ ref('dim_provider') }} as providers
        on kept.dimension = 'provider' and kept.member = cast(providers.provider_key as varchar)
    union all
    {% for fact, members in compared.items() %}
    {{ counted_members(fact, members, weights.get(fact, '1')) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

members as (
    select
        submissions.extract,
        submissions.period,
        counted.dimension,
        coalesce(counted.member, '_U') as member,
        cast(sum(counted.rows) as bigint) as rows,
        sum(counted.weight) as weight
    from counted
    inner join {{ ref('dim_submission') }} as submissions on counted.submission_key = submissions.submission_key
    group by all
),

deliveries as (
    select
        *,
        dense_rank() over (partition by extract order by period) as place
    from (select distinct extract, period from members)
),

pairs as (
    {{ deliveries_before('deliveries') }}
),

now as (
    select
        *,
        cast(sum(rows) over delivery as bigint) as all_rows,
        weight / nullif(sum(weight) over delivery, 0) as share
    from members
    window delivery as (partition by extract, period, dimension)
),

before as (
    select
        pairs.extract,
        pairs.period,
        members.dimension,
        members.member,
        cast(sum(members.rows) as bigint) as rows,
        sum(members.weight) as weight,
        coalesce(sum(members.weight) filter (where pairs.is_recent), 0) as recent_weight,
        count(*) as periods
    from pairs
    inner join members on pairs.extract = members.extract and pairs.earlier_period = members.period
    group by all
),

usual as (
    select
        *,
        cast(sum(rows) over delivery as bigint) as all_rows,
        max(periods) over delivery as periods_before,
        weight / nullif(sum(weight) over delivery, 0) as share,
        recent_weight / nullif(sum(recent_weight) over delivery, 0) as recent_share
    from before
    window delivery as (partition by extract, period, dimension)
),

-- nobody is expected at a checkpoint that the list says was closed in the month
closed as (
    select
        deliveries.extract,
        deliveries.period,
        points.point_of_entry_code as member
    from deliveries
    inner join {{ ref('dim_point_of_entry') }} as points
        on points.point_of_entry_status_code in ('not_open', 'closed')
        and strftime(points.valid_from, '%Y-%m') <= deliveries.period
        and strftime(points.valid_to, '%Y-%m') >= deliveries.period
),

totals as (
    select extract, period, dimension, any_value(all_rows) as rows
    from now
    group by all
),

-- Two distributions have in common what the smaller share of each member adds up to; the rest lies elsewhere.
-- Chance alone moves a share by its standard error; a mean absolute deviation is sqrt(2/pi) of it.
compared as (
    select
        usual.extract,
        usual.period,
        usual.dimension,
        totals.rows,
        usual.all_rows as rows_before,
        usual.periods_before,
        usual.member,
        usual.share as share_before,
        usual.recent_share,
        coalesce(now.share, 0) as share,
        -- A member that faded over the year is not lost now, so the last three deliveries tell what is expected.
        -- People leave an age group by growing older, not because an office did not report.
        usual.dimension <> 'age_group'
        and usual.recent_share * totals.rows >= 20
        and coalesce(now.share, 0) < usual.recent_share / 5
        and closed.member is null as is_lost,
        sqrt(2 / pi() * usual.share * (1 - usual.share) * (1 / totals.rows + 1 / usual.all_rows)) as by_chance
    from usual
    inner join totals
        on usual.extract = totals.extract and usual.period = totals.period and usual.dimension = totals.dimension
    left join now
        on usual.extract = now.extract
        and usual.period = now.period
        and usual.dimension = now.dimension
        and usual.member = now.member
    left join closed
        on usual.dimension = 'point_of_entry'
        and usual.extract = closed.extract
        and usual.period = closed.period
        and usual.member = closed.member
),

measured as (
    select
        extract,
        period,
        dimension,

        any_value(rows) as rows,
        any_value(rows_before) as rows_before,
        any_value(periods_before) as periods_before,
        count(*) as members_before,
        round(1 - sum(least(share, share_before)), 6) as distance,
        round(0.5 * sum(by_chance), 6) as distance_by_chance,
        round(greatest(0, distance - 2 * distance_by_chance), 6) as distance_beyond_chance,
        -- of twenty rows expected fewer than four are left by chance once in three hundred thousand times
        count(*) filter (where is_lost) as lost_members,
        round(coalesce(max(recent_share) filter (where is_lost), 0), 6) as lost_share,
        arg_max(member, recent_share) filter (where is_lost) as lost_member
    from compared
    group by extract, period, dimension
),

final as (
    select
        *,
        {{ is_excepted('qa_distribution', 'measured.extract', 'measured.period') }} as is_excepted
    from measured
)

select * from final
order by extract, period, dimension
