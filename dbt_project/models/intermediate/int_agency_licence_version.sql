with

registers as (
    select * from {{ ref('stg_agency_licence') }}
),

-- the newest register holds for all dates
newest as (
    select * from registers
    qualify _period = max(_period) over (partition by _extract)
),

-- of two senders' entries that begin on one day, one stands
entries as (
    select * from newest
    qualify row_number() over (partition by agency_licence, valid_from order by _extract, _row) = 1
),

-- an entry ends where the next one of the licence begins, if not before
bounded as (
    select
        *,
        coalesce(lead(valid_from) over licence - 1, date '9999-12-31') as room_to,
        least(coalesce(valid_until, date '9999-12-31'), room_to) as held_to,
        row_number() over licence = 1 as is_first
    from entries
    window licence as (partition by agency_licence order by valid_from)
),

versions as (
    select agency_licence, agency_en, agency_lo, province_code, licence_status_code, valid_from, held_to as valid_to
    from bounded
    union all
    select agency_licence, agency_en, agency_lo, province_code, 'expired', held_to + 1, room_to
    from bounded
    where held_to < room_to
    union all
    select agency_licence, agency_en, agency_lo, province_code, 'not_issued', date '1900-01-01', valid_from - 1
    from bounded
    where is_first and valid_from > date '1900-01-01'
),

final as (
    select * from versions
)

select * from final
order by agency_licence, valid_from
