"""How much of the working hours lies between two instants. Pure."""

from datetime import datetime, time, timedelta

from services.chassis.deadlines.calendar import SHANGHAI, Calendar, local_day

MINUTE = timedelta(minutes=1)


def working_minutes(
    calendar: Calendar, start: datetime, end: datetime, hours: tuple[int, int]
) -> int | None:
    """`hours`: the minutes of the day at which work begins and ends. None where a year is not known."""
    first, last = local_day(start), local_day(end)
    whole = calendar.working_days_between(first, last)
    if whole is None or end < start:
        return None
    length = max(0, hours[1] - hours[0])
    left = (
        length - gone(at, hours) if calendar.is_working_day(local_day(at)) else 0
        for at in (start, end)
    )
    of_first, of_last = left
    return whole * length + of_first - of_last


def gone(at: datetime, hours: tuple[int, int]) -> int:
    """How many minutes of its day's working hours are over."""
    midnight = datetime.combine(local_day(at), time.min, SHANGHAI)
    return max(0, min(hours[1], (at - midnight) // MINUTE) - hours[0])
