"""What waits for a caller: one source for each section of their inbox. A new noun adds its own here."""

from sqlmodel import col

from services.grid.errands.models import Errand
from services.grid.errands.queries import ERRANDS
from services.grid.errands.schemas import ErrandBrief
from services.grid.inbox import reports, work
from services.grid.inbox.waiting import Source, of_noun
from services.grid.patrols.queries import PATROLS
from services.grid.patrols.schemas import PatrolLine
from services.grid.reports.queries import REPORTS
from services.grid.reports.schemas import ReportLine
from services.grid.subject_requests.queries import REQUESTS
from services.grid.subject_requests.schemas import RequestLine
from services.grid.tasks.models import TaskItem
from services.grid.tasks.queries import ITEMS
from services.grid.tasks.schemas import ItemLine
from services.grid.visit_tasks.models import VisitTask
from services.grid.visit_tasks.queries import VISIT_TASKS
from services.grid.visit_tasks.schemas import TaskLine

LATE_VISIT = col(VisitTask.overdue_at).is_not(None)
LATE_TASK = col(TaskItem.expired_at).is_not(None)
LATE_ERRAND = col(Errand.overdue_at).is_not(None)

SOURCES = (
    of_noun("returned", REPORTS, ReportLine, "report.read", reports.returned),
    of_noun("merged", REPORTS, ReportLine, "report.read", reports.merged),
    of_noun("assigned", REPORTS, ReportLine, "report.read", reports.assigned, reports.LATE),
    of_noun("to_accept", REPORTS, ReportLine, "report.read", reports.to_accept, reports.LATE),
    of_noun("to_verify", REPORTS, ReportLine, "report.read", reports.to_verify, reports.LATE),
    of_noun("overdue", REPORTS, ReportLine, "report.read", reports.overdue, reports.LATE),
    of_noun("visits", VISIT_TASKS, TaskLine, "visit_task.read", work.to_visit, LATE_VISIT),
    of_noun("tasks", ITEMS, ItemLine, "task.do", work.to_do, LATE_TASK),
    of_noun("tasks_to_judge", ITEMS, ItemLine, "task.judge", work.to_judge, LATE_TASK),
    of_noun("errands", ERRANDS, ErrandBrief, "errand.read", work.to_run, LATE_ERRAND),
    of_noun("patrols", PATROLS, PatrolLine, "patrol.read", work.on_patrol),
    Source("attachments", work.FileLine, "attachment.send", work.files),
    Source("reviews", work.ReviewLine, "parked_item.review", work.reviews),
    of_noun("subject_requests", REQUESTS, RequestLine, "subject_request.read", work.asked),
)
