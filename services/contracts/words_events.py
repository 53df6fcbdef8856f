"""What each event says, for partner agencies, in both languages. Its docstring says what we rely on."""

from services.contracts import (
    words_errands,
    words_outreach,
    words_people,
    words_reports,
    words_space,
)
from services.contracts.labels import Label
from services.contracts.words_privacy import EVENTS as OF_PERSONS

EVENTS: dict[str, Label] = {
    "jinding.grid.area.changed.v1": Label(
        "区划现状：登记与每次变更均以此告知。",
        "An area as it is now: tells of its registration and of every change.",
    ),
    "jinding.grid.organisation.changed.v1": Label(
        "公共机构现状：登记与每次变更均以此告知。",
        "A public body as it is now: tells of its registration and of every change.",
    ),
    **words_space.EVENTS,
    **words_outreach.EVENTS,
    **words_people.EVENTS,
    **words_errands.EVENTS,
    **words_reports.EVENTS,
    "jinding.disputes.case.registered.v1": Label(
        "登记一起纠纷。", "A dispute was registered as a case."
    ),
    "jinding.disputes.case.described.v1": Label(
        "案情已记录或更正；只告知类型。",
        "What it is about was put down or corrected; only the type is told.",
    ),
    "jinding.disputes.case.parties_set.v1": Label(
        "当事人数与是否有人拒绝；不告知是谁。",
        "How many parties, and whether one refuses; never who.",
    ),
    "jinding.disputes.case.accepted.v1": Label(
        "受理：各方均已同意，调解期限起算。",
        "Accepted: every party consented; the mediation limit runs.",
    ),
    "jinding.disputes.case.deadline_set.v1": Label(
        "此前因日历未定的期限已确定。",
        "A deadline that waited for the working calendar is known now.",
    ),
    "jinding.disputes.case.mediation_started.v1": Label("开始调解。", "Mediation began."),
    "jinding.disputes.case.agreed.v1": Label(
        "达成协议；尚缺签名或印章的书面协议未生效。",
        "Agreement was reached; a written one is not in effect before all signed and it is sealed.",
    ),
    "jinding.disputes.case.agreement_signed.v1": Label(
        "协议又有一方签名或盖章；最后一个使其生效。",
        "One more signature or the seal; with the last one the agreement takes effect.",
    ),
    "jinding.disputes.case.performed.v1": Label("协议履行完毕。", "The agreement was performed."),
    "jinding.disputes.case.terminated.v1": Label(
        "终止调解；reason 为来源网格事件的注销原因（如由此终止），重复或无效者不计入任何统计。",
        "Mediation ended without agreement. reason: why the grid report that it came from was "
        "cancelled, where that ended it; a DUPLICATE or INVALID one counts nowhere.",
    ),
    "jinding.disputes.case.closed.v1": Label(
        "结案。", "The case is closed, settled or terminated."
    ),
    "jinding.disputes.case.overdue.v1": Label(
        "调解逾期：occurred_at 为期限本身。",
        "The mediation limit passed: occurred_at is the deadline.",
    ),
    "jinding.disputes.case.snapshot.v1": Label(
        "案件现状；occurred_at 为最近一次变更；状态见代码表 case_status。",
        "A case as it is; occurred_at is its last change; status as in code table case_status.",
    ),
    "jinding.disputes.reception.recorded.v1": Label(
        "接待批次：同一时间因同一事项一并接待的来访。",
        "One batch: people received together on one matter at one time.",
    ),
    "jinding.disputes.reception.case_linked.v1": Label(
        "来访事项已成为或归入一起案件。", "What was received has become, or belongs to, a case."
    ),
    "jinding.disputes.reception.snapshot.v1": Label("接待批次现状。", "A reception as it is."),
    "jinding.disputes.service_group.formed.v1": Label(
        "乡镇服务小组成立；成员只告知其单位。",
        "A township's service group; members by agency only.",
    ),
    "jinding.disputes.service_group.members_changed.v1": Label(
        "成员单位变更。", "Its members changed; they are told by agency only."
    ),
    "jinding.disputes.service_group.dissolved.v1": Label(
        "服务小组解散。", "The group was dissolved."
    ),
    "jinding.disputes.service_group.snapshot.v1": Label(
        "服务小组现状；状态见代码表 service_group_status。",
        "A service group as it is; status as in code table service_group_status.",
    ),
    "jinding.inspection.enterprise.registered.v1": Label(
        "企业纳入视野，正常经营，尚无安全档案。",
        "An enterprise came into view, in operation; it has no safety file yet.",
    ),
    "jinding.inspection.enterprise.file_opened.v1": Label(
        "一企一档：建立安全档案。", "Its one safety file is kept from now on."
    ),
    "jinding.inspection.enterprise.status_changed.v1": Label(
        "经营状态变更；unrated 表示同时取消评级。",
        "Its status changed; unrated: its rating was withdrawn at the same time.",
    ),
    "jinding.inspection.enterprise.rated.v1": Label(
        "评级：自此为该颜色，空为未评级。", "Rated: a colour from now on, or null: unrated."
    ),
    "jinding.inspection.enterprise.snapshot.v1": Label(
        "企业现状，含状态与颜色的全部历史。",
        "An enterprise as it is, with the whole history of its status and colour.",
    ),
    "jinding.inspection.hazard.found.v1": Label(
        "在企业发现隐患。", "A hazard was found at an enterprise."
    ),
    "jinding.inspection.hazard.notified.v1": Label(
        "整改通知送达，整改期限起算。", "The notice was served; the limit of rectification runs."
    ),
    "jinding.inspection.hazard.planned.v1": Label(
        "整改方案确定，期限可能变更；rectify_overdue_at 为此前已逾期的时间。",
        "Rectification was planned, perhaps with another limit; rectify_overdue_at: the one that had passed.",
    ),
    "jinding.inspection.hazard.submitted.v1": Label(
        "整改完成，提交复查。", "Rectified, submitted for review."
    ),
    "jinding.inspection.hazard.review_confirmed.v1": Label(
        "重大隐患：两名复查人中的第一人确认。",
        "The first of two officers found a MAJOR hazard rectified; it passes with the second.",
    ),
    "jinding.inspection.hazard.passed.v1": Label("复查通过。", "The review was passed."),
    "jinding.inspection.hazard.failed.v1": Label(
        "复查未通过：进入下一轮，期限重新起算。",
        "The review was not passed: the next round begins, with a limit of its own.",
    ),
    "jinding.inspection.hazard.closed.v1": Label("销号。", "The hazard is closed."),
    "jinding.inspection.hazard.voided.v1": Label(
        "作废：记录有误，不计入任何统计。",
        "The record was wrong: it counts nowhere, not even as found.",
    ),
    "jinding.inspection.hazard.deadline_set.v1": Label(
        "此前因日历未定的整改期限已确定。",
        "A limit that waited for the working calendar is known now.",
    ),
    "jinding.inspection.hazard.overdue.v1": Label(
        "未按期提交：occurred_at 为期限本身。",
        "Not submitted in time: occurred_at is the deadline.",
    ),
    "jinding.inspection.hazard.snapshot.v1": Label(
        "隐患现状；状态见代码表 hazard_status。",
        "A hazard as it is; status as in code table hazard_status.",
    ),
    "jinding.inspection.checkup_report.issued.v1": Label(
        "签发企业体检报告；内容不对外。",
        "The station issued its report on an enterprise. What is in it is not published.",
    ),
    "jinding.inspection.checkup_report.superseded.v1": Label(
        "更正版代替前一版；仍为同一份报告。",
        "A corrected edition takes the place of the one before. It is still one report.",
    ),
    "jinding.inspection.checkup_report.snapshot.v1": Label(
        "现行版体检报告。", "A check-up report in its edition in force."
    ),
    "jinding.training.session.opened.v1": Label(
        "发布班次：课程、场馆、时间与对象。",
        "A session was announced: course, venue, time, audience.",
    ),
    "jinding.training.session.started.v1": Label("开班。", "The session started."),
    "jinding.training.session.finished.v1": Label("结束授课。", "The session was finished."),
    "jinding.training.session.settled.v1": Label(
        "考勤确认，此后可发证。", "Its attendance is final; certificates may be issued from now on."
    ),
    "jinding.training.session.cancelled.v1": Label("取消班次。", "The session was cancelled."),
    "jinding.training.session.snapshot.v1": Label(
        "班次现状；状态见代码表 training_session_status。",
        "A session as it is; status as in code table training_session_status.",
    ),
    "jinding.training.trainee.registered.v1": Label(
        "学员登记：只有标识与人员类别。", "A trainee was registered: an opaque id and an audience."
    ),
    "jinding.training.trainee.snapshot.v1": Label("学员现状。", "A trainee as known here."),
    "jinding.training.attendance.recorded.v1": Label(
        "有人参训；区划为班次所在地。", "Somebody took part. The area is the session's."
    ),
    "jinding.training.attendance.assessed.v1": Label(
        "一次考核。", "One attempt at the assessment; attempts counts it."
    ),
    "jinding.training.attendance.snapshot.v1": Label(
        "参训记录现状；状态见代码表 attendance_status。",
        "An attendance as it is; status as in code table attendance_status.",
    ),
    "jinding.training.certificate.issued.v1": Label(
        "发放合格证明（非法定资格证）。",
        "A proof of completion was issued; it is no statutory licence.",
    ),
    "jinding.training.certificate.expired.v1": Label(
        "证明失效：occurred_at 为有效期末日之后的第一刻。",
        "Its validity is over: occurred_at is the first instant after its last day.",
    ),
    "jinding.training.certificate.revoked.v1": Label("撤销证明。", "The certificate was revoked."),
    "jinding.training.certificate.snapshot.v1": Label(
        "证明现状；状态见代码表 certificate_status。",
        "A certificate as it is; status as in code table certificate_status.",
    ),
    **OF_PERSONS,
    "jinding.grid.audit.head_anchored.v1": Label(
        "审计链在此时的末行；只供审计核对，不对外提供。",
        "The last row of the audit at this time; for verifying it, granted to no agency.",
    ),
    "jinding.disputes.audit.head_anchored.v1": Label(
        "审计链在此时的末行；只供审计核对，不对外提供。",
        "The last row of the audit at this time; for verifying it, granted to no agency.",
    ),
    "jinding.inspection.audit.head_anchored.v1": Label(
        "审计链在此时的末行；只供审计核对，不对外提供。",
        "The last row of the audit at this time; for verifying it, granted to no agency.",
    ),
    "jinding.training.audit.head_anchored.v1": Label(
        "审计链在此时的末行；只供审计核对，不对外提供。",
        "The last row of the audit at this time; for verifying it, granted to no agency.",
    ),
    "jinding.gateway.audit.head_anchored.v1": Label(
        "审计链在此时的末行；只供审计核对，不对外提供。",
        "The last row of the audit at this time; for verifying it, granted to no agency.",
    ),
}
