"""What partner agencies read of topics and fields, in both languages; `words_events` has the events."""

from services.contracts import words_people, words_reports
from services.contracts.labels import Label
from services.contracts.words_errands import FIELDS as OF_ERRANDS

TOPICS: dict[str, Label] = {
    **words_people.TOPICS,
    "jinding.disputes.erasure.v1": Label("删除确认（纠纷）", "erasures confirmed by disputes"),
    "jinding.grid.erasure.v1": Label("删除确认（网格）", "erasures confirmed by grid"),
    "jinding.inspection.erasure.v1": Label("删除确认（检查）", "erasures confirmed by inspection"),
    "jinding.training.erasure.v1": Label("删除确认（培训）", "erasures confirmed by training"),
    "jinding.grid.subject_request.v1": Label(
        "个人信息权利请求", "requests of people about their own data"
    ),
    "jinding.disputes.audit.v1": Label(
        "纠纷服务审计链的链首锚定", "heads of the audit of disputes"
    ),
    "jinding.gateway.audit.v1": Label("网关审计链的链首锚定", "heads of the audit of the gateway"),
    "jinding.grid.audit.v1": Label("网格服务审计链的链首锚定", "heads of the audit of grid"),
    "jinding.inspection.audit.v1": Label(
        "体检服务审计链的链首锚定", "heads of the audit of inspection"
    ),
    "jinding.training.audit.v1": Label(
        "培训服务审计链的链首锚定", "heads of the audit of training"
    ),
    "jinding.disputes.case.v1": Label("纠纷案件", "dispute cases"),
    "jinding.disputes.reception.v1": Label("来访接待", "receptions of visitors"),
    "jinding.disputes.service_group.v1": Label("服务小组", "townships' service groups"),
    "jinding.grid.area.v1": Label("区划", "areas"),
    "jinding.grid.admission_item.v1": Label("网格事项准入清单", "what may be asked of grids"),
    "jinding.grid.task_item.v1": Label("任务项", "parts of tasks"),
    "jinding.grid.task_order.v1": Label("任务", "tasks"),
    "jinding.grid.key_person.v1": Label(
        "重点人员记录的变动（只有标识）", "changes of the records of key persons, by id alone"
    ),
    "jinding.grid.errand.v1": Label("代办", "errands"),
    "jinding.grid.campaign.v1": Label("专项行动", "campaigns"),
    "jinding.grid.demolition.v1": Label("拆违", "demolitions of illegal buildings"),
    "jinding.grid.material_entry.v1": Label("宣传品台账", "the ledger of publicity materials"),
    "jinding.grid.material_item.v1": Label("宣传品目录", "publicity materials"),
    "jinding.grid.micro_grid.v1": Label("微网格", "micro-grids"),
    "jinding.grid.population.v1": Label("人口（分年）", "how many live where, by year"),
    "jinding.grid.organisation.v1": Label("组织（公共机构）", "organisations, being public bodies"),
    "jinding.grid.patrol.v1": Label("巡防", "patrols"),
    "jinding.grid.report.v1": Label("网格事件", "reports of the grid"),
    "jinding.grid.survey.v1": Label("三率问卷调查", "surveys"),
    "jinding.grid.survey_issue.v1": Label("问卷发放", "questionnaires handed out"),
    "jinding.grid.survey_return.v1": Label("问卷回收", "questionnaires that came back"),
    "jinding.inspection.checkup_report.v1": Label("体检报告", "check-up reports"),
    "jinding.inspection.enterprise.v1": Label("企业", "enterprises"),
    "jinding.inspection.hazard.v1": Label("隐患", "hazards"),
    "jinding.training.attendance.v1": Label("参训记录", "attendances"),
    "jinding.training.certificate.v1": Label("合格证明", "certificates of completion"),
    "jinding.training.session.v1": Label("培训班次", "training sessions"),
    "jinding.training.trainee.v1": Label("学员", "trainees"),
}

FIELDS: dict[str, Label] = {
    **words_people.FIELDS,
    **OF_ERRANDS,
    **words_reports.FIELDS,
    "answer_due_at": Label(
        "答复期限；空为日历未定", "deadline of the answer; null: calendar not known yet"
    ),
    "confirm_due_at": Label("各服务确认删除的期限", "until when each service confirms the erasure"),
    "erased": Label("已删除的条目数", "how many entries were erased"),
    "held": Label("依规暂不删除的条目数", "how many entries a rule keeps"),
    "keeper": Label("确认删除的服务", "the service that confirmed"),
    "phone_index": Label(
        "电话号码的盲索引（十六进制）", "blind index of the telephone number, hex"
    ),
    "resident_index": Label(
        "公民身份号码的盲索引（十六进制）", "blind index of the resident ID number, hex"
    ),
    "rules": Label("使条目暂不删除的规则", "what keeps the entries that are held"),
    "accept_due_at": Label("受理期限", "deadline of acceptance"),
    "accept_overdue_at": Label("受理逾期时间", "when acceptance became overdue"),
    "accepted_at": Label("受理时间", "when it was accepted"),
    "agencies": Label("成员单位", "the agencies that its members come from"),
    "agreed_at": Label("达成协议时间", "when agreement was reached"),
    "area_code": Label(
        "区划代码：区县 6 位、乡镇 9 位、村社 12 位、网格 15 位",
        "area code: district 6 digits, township 9, village 12, grid 15",
    ),
    "area_m2": Label("建筑面积（平方米）", "area of the building, in square metres"),
    "assessed_at": Label("考核时间", "when it was assessed"),
    "at": Label("自何时起", "from when on"),
    "attempts": Label("考核次数", "attempts at the assessment"),
    "attendance_id": Label("参训记录标识", "id of the attendance"),
    "attended_on": Label("签到日期（北京时间）", "local day of signing in"),
    "audience": Label("人员类别", "audience that the trainee belongs to"),
    "audiences": Label("培训对象", "whom the session is for"),
    "aware": Label("知晓至少一项活动的有效问卷", "valid answers of those who know of an activity"),
    "by_case": Label("是否由纠纷案件了结", "whether the end of a dispute case resolved it"),
    "campaign": Label("专项行动代码；空为不属任何行动", "code of the campaign; null: of none"),
    "cancel_reason": Label(
        "注销原因；代码表 report_cancel_reason", "why cancelled; code table report_cancel_reason"
    ),
    "cancelled_at": Label("注销或取消时间", "when it was cancelled"),
    "capacity": Label("名额（人）", "places, in persons"),
    "case_id": Label("案件标识", "id of the dispute case"),
    "case_type": Label("纠纷类型", "type of dispute"),
    "category": Label("事件类别", "category of the report"),
    "channel": Label("回收渠道", "how they came back"),
    "clock": Label("所指的时限", "which of its deadlines"),
    "closed_at": Label("办结、结案或销号时间", "when it was closed"),
    "closed_on": Label("结束日期；空为进行中", "day of closing; null: open"),
    "code": Label("组织代码（固定不变）", "the organisation's stable code"),
    "colour": Label("风险颜色；空为未评级", "risk colour; null: not rated"),
    "colour_after": Label(
        "体检后的风险颜色；空为未评级", "colour after the check-up; null: not rated"
    ),
    "corrected_at": Label("更正版签发时间", "when the corrected edition was issued"),
    "correlation_id": Label(
        "同一事项在各服务中的全部事件共用的标识",
        "shared by everything that came of one matter, over all services",
    ),
    "counters": Label(
        "所冲销的记录标识；空为非冲销", "id of the entry that it counters; null: of none"
    ),
    "course_code": Label("课程代码", "code of the course"),
    "demo": Label("是否为演示数据", "whether it is made up, for demonstration"),
    "demolished_on": Label("拆除日期", "day of the demolition"),
    "dissolved_on": Label("解散日期", "day of dissolution"),
    "domain": Label("隐患领域", "domain of the hazard"),
    "due_at": Label("期限", "the deadline"),
    "edition": Label("版次，自 1 起", "edition, from 1"),
    "effective_at": Label(
        "协议生效时间；空为尚未生效", "when the agreement took effect; null: not yet"
    ),
    "ended_at": Label("结束时间；空为尚未结束", "when it ended; null: not yet"),
    "ends_at": Label("计划结束时间", "planned end"),
    "ends_on": Label("末日", "last day"),
    "enterprise_id": Label("企业标识", "id of the enterprise"),
    "entry_kind": Label("记录类别", "kind of entry"),
    "expired_at": Label("失效时间", "when it expired"),
    "file_opened_at": Label("安全档案建立时间", "when its safety file was opened"),
    "finder": Label("发现人类别", "what kind of finder, never who"),
    "finished_at": Label("结束时间", "when it was finished"),
    "form": Label("协议形式", "form of the agreement"),
    "formed_on": Label("成立日期", "day of formation"),
    "found_at": Label("发现时间", "when it was found"),
    "ground": Label("终止事由", "ground of termination"),
    "group_id": Label("服务小组标识", "id of the service group"),
    "hash": Label("该行的哈希（十六进制）", "hash of that row, in hex"),
    "handed_out": Label("发出问卷数", "questionnaires handed out"),
    "hazards": Label("查出的隐患数", "hazards found"),
    "heir": Label(
        "多个后继中承接其以往数据的区划代码；空为未指定",
        "of several successors, the one that takes over its past; null: none is named",
    ),
    "households": Label("户数；空为不详", "households; null: not known"),
    "inhabitants": Label("常住人口数", "inhabitants"),
    "year": Label("年份", "the year"),
    "heads": Label("来访人数", "visitors, in persons"),
    "industry_code": Label("行业代码（GB/T 4754）", "industry code (GB/T 4754)"),
    "is_covering": Label(
        "定位是否可信，计入覆盖", "whether its position can be trusted, so that it covers the grid"
    ),
    "is_industrial": Label("是否工业企业", "whether it is an industrial enterprise"),
    "issued_at": Label("首版签发时间", "when the first edition was issued"),
    "issued_on": Label("发证日期", "day of issue"),
    "item_id": Label("宣传品标识", "id of the item"),
    "item_kind": Label("宣传品类别", "kind of item"),
    "kind": Label("类别代码", "code of its kind"),
    "level": Label(
        "隐患等级；网格事件为层级", "level of the hazard; of a report: who deals with it"
    ),
    "mediate_due_at": Label(
        "调解期限；空为日历未定", "mediation limit; null: calendar not known yet"
    ),
    "method": Label("方式", "how it was done"),
    "minutes": Label("计入课程的时长（分钟）", "what counts of the course, in minutes"),
    "mode": Label("方式", "by what means"),
    "name": Label(
        "公共机构、区划、微网格、专项行动或宣传品的名称",
        "name of the area, micro-grid, public body, campaign or item",
    ),
    "name_en": Label("英文名称", "name in English"),
    "notified_at": Label("整改通知送达时间", "when the notice was served"),
    "number": Label("编号", "its number, for people"),
    "occurred_at": Label("发生时间（UTC）", "when it happened (UTC)"),
    "opened_at": Label("发布时间", "when it was announced"),
    "organisation": Label("承办组织的代码", "code of the organisation in charge"),
    "outcome": Label("接待结果", "outcome of the reception"),
    "overdue_at": Label("逾期时间", "when it became overdue"),
    "owner_type": Label("业主类别", "what kind of owner, never who"),
    "parent": Label("上级代码；空为最高一级", "code of the one above; null: the highest"),
    "participants": Label("参加人数", "participants, in persons"),
    "parties": Label("当事人数", "number of parties"),
    "passed": Label("是否合格", "whether it was passed"),
    "passed_at": Label("复查通过时间", "when the review was passed"),
    "performed_at": Label("履行完毕时间", "when the agreement had been performed"),
    "planned_at": Label("整改方案确定时间", "when the rectification was planned"),
    "practice_minutes": Label("实操时长（分钟）", "practice, in minutes"),
    "predecessors": Label("由哪些区划代码沿革而来", "codes of the areas that it came from"),
    "quantity": Label("件数，冲销为负", "pieces, below zero in a counter-entry"),
    "questionnaires": Label("问卷份数", "questionnaires"),
    "ratings": Label("历次评级，由旧到新", "its ratings, oldest first"),
    "reason": Label("原因代码", "code of the reason"),
    "received_at": Label("接待时间", "when they were received"),
    "recipient": Label("分发对象；空为非分发", "whom it was given to; null: no distribution"),
    "rectify_due_at": Label(
        "整改期限；空为日历未定", "limit of rectification; null: not known yet"
    ),
    "rectify_overdue_at": Label("整改逾期时间", "when rectification became overdue"),
    "refused": Label("是否有当事人拒绝", "whether a party refuses"),
    "registered_at": Label("登记时间", "when it was registered"),
    "report_id": Label("来源网格事件的标识", "id of the grid report that it came from"),
    "reported_at": Label("上报时间", "when it was reported"),
    "resolve_due_at": Label("处置期限；空为日历未定", "limit of resolution; null: not known yet"),
    "resolve_overdue_at": Label("处置逾期时间", "when resolution became overdue"),
    "resolved_at": Label("处置完成时间", "when it was resolved"),
    "results": Label("各乡镇结果；结束后才有", "results by township, once it is closed"),
    "returned": Label("回收问卷数", "questionnaires that came back"),
    "revoke_reason": Label("撤销原因", "why it was revoked"),
    "revoked_at": Label("撤销时间", "when it was revoked"),
    "round": Label("整改轮次，自 1 起", "round of rectification, from 1"),
    "routes": Label("告知的其他法定途径", "legal ways that stay open"),
    "seq": Label("最后一行的序号", "number of the last row"),
    "safe": Label("感到安全或基本安全的有效问卷", "valid answers: safe or basically safe"),
    "session_id": Label("班次标识", "id of the session"),
    "settled_at": Label("考勤确认时间", "when its attendance became final"),
    "source": Label("来源", "where it came from"),
    "started_at": Label("开始时间", "when it started"),
    "starts_at": Label("计划开始时间", "planned start"),
    "starts_on": Label("首日", "first day"),
    "status": Label("状态代码", "code of its status"),
    "statuses": Label("历次状态，由旧到新", "its statuses, oldest first"),
    "strictly_safe": Label("感到安全的有效问卷", "valid answers: safe"),
    "structure": Label("建筑结构", "kind of structure"),
    "submitted_at": Label("提交复查时间", "when it was submitted for review"),
    "survey_id": Label("调查标识", "id of the survey"),
    "terminated_at": Label("终止时间", "when it was terminated"),
    "theory_minutes": Label("理论时长（分钟）", "theory, in minutes"),
    "took_part": Label(
        "参与至少一项活动的有效问卷", "valid answers of those who took part in an activity"
    ),
    "topic_code": Label("来访事由", "what they came about"),
    "trainee_id": Label("学员标识（不可识别个人）", "opaque id of the trainee"),
    "unrated": Label("是否同时取消评级", "whether its rating was withdrawn as well"),
    "unsure": Label("说不清的有效问卷", "valid answers: do not know"),
    "urgency": Label("紧急程度", "urgency"),
    "valid": Label("有效问卷数", "valid answers"),
    "valid_from": Label("生效日期", "first day on which it is in force"),
    "valid_to": Label(
        "区划与组织：不再生效的首日；证明：有效期末日",
        "areas and organisations: first day without; certificates: last day",
    ),
    "venue_code": Label("场馆代码", "code of the venue"),
    "verified_at": Label("核查通过时间", "when it was verified"),
    "voided_at": Label("作废时间", "when the record was voided"),
}
