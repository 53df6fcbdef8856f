"""Many reports by SQL, as they lie after years: of the newest two in a hundred every other one is open, the rest
are closed or cancelled."""

from tests.bench.district import GRIDS
from tests.bench.place import Place

_FILL = """
insert into report (id, version, area_code, correlation_id, occurred_at, created_at, updated_at, late_entry,
    number, status, category, urgency, finder, title, description, place, reporter, organisation, handlers,
    reported_at, accept_due_at, accepted_at, resolve_due_at, resolved_at, verified_at, closed_at, cancelled_at,
    cancel_reason, ledger, parties, position)
select id, case status when 'CLOSED' then 7 when 'CANCELLED' then 2 when 'REPORTED' then 1 else 4 end, area, id,
    at, at, at, false, 'GE' || left(area, 9) || to_char(at, 'YYYYMMDD') || n, status,
    (array['ENVIRONMENT', 'FIRE_SAFETY', 'LIVELIHOOD', 'TRAFFIC', 'DISPUTE', 'ENVIRONMENT', 'ILLEGAL_BUILDING',
        'PUBLIC_SECURITY', 'LIVELIHOOD', 'FIRE_SAFETY'])[1 + n % 10],
    case when n % 9 = 0 then 'URGENT' else 'NORMAL' end, 'RED_MEMBER', '河边堆放垃圾', '河边有一堆建筑垃圾', '村口桥边',
    'red-' || area, case when status in ('PROCESSING', 'CLOSED') then left(area, 9) || '-office' end,
    case when status in ('PROCESSING', 'CLOSED') then jsonb_build_array('handler-' || left(area, 9)) else '[]' end,
    at, at + interval '2 days',
    case when status in ('PROCESSING', 'CLOSED') then at + interval '3 hours' end,
    case when status in ('PROCESSING', 'CLOSED') then at + interval '9 days' end,
    case when status = 'CLOSED' then at + interval '2 days' end,
    case when status = 'CLOSED' then at + interval '3 days' end,
    case when status = 'CLOSED' then at + interval '3 days' end,
    case when status = 'CANCELLED' then at + interval '1 hour' end,
    case when status = 'CANCELLED' then 'DUPLICATE' end,
    case when $3 then jsonb_build_array(
        jsonb_build_object('clock', 'accept', 'kind', 'STARTED', 'at', at, 'allowance', '1d', 'table', '-@2000-01-01'),
        jsonb_build_object('clock', 'accept', 'kind', 'STOPPED', 'at', at + interval '3 hours'),
        jsonb_build_object('clock', 'resolve', 'kind', 'STARTED', 'at', at, 'allowance', '7wd', 'table', '-@2000-01-01'),
        jsonb_build_object('clock', 'verify', 'kind', 'STARTED', 'at', at, 'allowance', '2wd', 'table', '-@2000-01-01')
    ) else '[]' end,
    case when $3 then jsonb_build_array(jsonb_build_object('person', id, 'phone', true),
        jsonb_build_object('person', id, 'phone', false)) else '[]' end,
    case when $3 then jsonb_build_object('lng', 119.69, 'lat', 29.1, 'datum', 'CGCS2000', 'accuracy_m', 8,
        'mock', false, 'captured_at', at, 'received_at', at, 'suspicions', '[]'::jsonb) end
from (
    select n, uuidv7(at - now()) as id, at, ($2::text[])[1 + (n * 7919) % cardinality($2::text[])] as area,
        case when n > $1 - $1 / 50 then (array['REPORTED', 'PROCESSING', 'CLOSED', 'CLOSED'])[1 + n / 64 % 4]
             when n % 25 = 0 then 'CANCELLED' else 'CLOSED' end as status
    from (select n, now() - $4 * interval '1 day' - ($1 - n) * (interval '3 years' / $1) as at
          from generate_series(1, $1::bigint) as n) as dated
) as drawn"""


async def filled(place: Place, count: int, *, complete: bool = False, days_ago: int = 0) -> None:
    """Fill the table of reports, which is empty, and let PostgreSQL know. `complete`: as wide as those that tell all
    they may; `days_ago`: since when there are no new ones."""
    await place.execute("grid", _FILL, count, GRIDS, complete, days_ago)
    await place.execute("grid", "vacuum (analyze) report")
