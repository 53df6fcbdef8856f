"""What several indicators say alike."""

from services.contracts.labels import Label

DUE = Label(
    "处置期限在期内且已过的事件（未结的也在内）",
    "reports whose deadline lies in the period and is over, open ones included",
)
URGENT_DUE = Label(f"其中紧急、特急：{DUE.zh}", f"urgent and emergency {DUE.en}")
ACCEPTED = Label("期内受理的事件", "reports accepted in the period")
CLOSED = Label("期内办结的事件", "reports closed in the period")
TOLD_LATE = Label(
    "逾期已经记录在案的，其后补报的时间不改变逾期。",
    "What was on record as overdue stays so, whatever time is told afterwards.",
)
