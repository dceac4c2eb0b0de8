-- Empty in the build: what is judged is the public file of a candidate. The freeze fills it (publishing/disclosure.py).
select
    cast(null as varchar) as measure_code,
    cast(null as integer) as year,
    cast(null as bigint) as rows,
    cast(null as bigint) as withheld_rows,
    cast(null as bigint) as small_rows,
    cast(null as bigint) as small_shown_rows,
    cast(null as bigint) as told_and_withheld_rows,
    cast(null as bigint) as unmarked_rows,
    cast(null as bigint) as altered_rows,
    cast(null as bigint) as contradictory_rows,
    cast(null as bigint) as narrow_rows,
    cast(null as double) as narrowest_width,
    cast(null as bigint) as below_province_rows
from {{ ref('pub_indicator_value') }}
where false
