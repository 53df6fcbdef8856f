"""The codes of the disputes service and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class CaseType(StrEnum):
    """纠纷类型: the fifteen of the statistics list in use."""

    FAMILY = "FAMILY"
    NEIGHBOUR = "NEIGHBOUR"
    HOUSING = "HOUSING"
    CONTRACT = "CONTRACT"
    BUSINESS = "BUSINESS"
    DAMAGE = "DAMAGE"
    FOREST_LAND = "FOREST_LAND"
    LAND_TAKING = "LAND_TAKING"
    ENVIRONMENT = "ENVIRONMENT"
    LABOUR = "LABOUR"
    CONSUMER = "CONSUMER"
    MEDICAL = "MEDICAL"
    TRAFFIC = "TRAFFIC"
    PROPERTY_MANAGEMENT = "PROPERTY_MANAGEMENT"
    OTHER = "OTHER"


class Source(StrEnum):
    """案件来源: how the dispute came to the mediators."""

    PARTY_APPLICATION = "PARTY_APPLICATION"
    OWN_INITIATIVE = "OWN_INITIATIVE"
    POLICE = "POLICE"
    COURT = "COURT"
    PETITION = "PETITION"
    DEPARTMENT = "DEPARTMENT"
    GRID_REPORT = "GRID_REPORT"


class Form(StrEnum):
    WRITTEN = "WRITTEN"
    ORAL = "ORAL"


class Ground(StrEnum):
    """Why a mediation was terminated (终止事由)."""

    PARTY_REFUSES = "PARTY_REFUSES"
    NO_AGREEMENT = "NO_AGREEMENT"
    IMPOSSIBLE = "IMPOSSIBLE"
    CONCEALMENT = "CONCEALMENT"
    STALLING = "STALLING"
    SUSPECTED_COLLUSION = "SUSPECTED_COLLUSION"
    REPORT_CANCELLED = "REPORT_CANCELLED"
    OTHER = "OTHER"


class ReportCancelReason(StrEnum):
    """Why the grid report that a case came from was cancelled; its labels are grid's."""

    DUPLICATE = "DUPLICATE"
    INVALID = "INVALID"
    WITHDRAWN = "WITHDRAWN"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


class Route(StrEnum):
    """Legal ways that stay open, of which the parties are told (art. 26 of the mediation law)."""

    ARBITRATION = "ARBITRATION"
    LABOUR_ARBITRATION = "LABOUR_ARBITRATION"
    ADMINISTRATIVE_DECISION = "ADMINISTRATIVE_DECISION"
    ADMINISTRATIVE_REVIEW = "ADMINISTRATIVE_REVIEW"
    LITIGATION = "LITIGATION"
    POLICE = "POLICE"
    PETITION = "PETITION"


class Outcome(StrEnum):
    """What came of a reception (接待结果)."""

    ANSWERED = "ANSWERED"
    REGISTERED_DISPUTE = "REGISTERED_DISPUTE"
    REFERRED = "REFERRED"
    SUGGESTION = "SUGGESTION"


class Topic(StrEnum):
    """What people came about (接待事项)."""

    DISPUTE = "DISPUTE"
    LAND_TAKING = "LAND_TAKING"
    KEY_PROJECT = "KEY_PROJECT"
    LEGAL_ADVICE = "LEGAL_ADVICE"
    POLICY = "POLICY"
    PETITION = "PETITION"
    OTHER = "OTHER"


class Agency(StrEnum):
    """Who sends members to a service group."""

    COURT = "COURT"
    PROCURATORATE = "PROCURATORATE"
    POLICE = "POLICE"
    JUSTICE = "JUSTICE"


CODES: dict[str, dict[str, Label]] = {
    "case_status": {
        "REGISTERED": Label("已登记", "Registered"),
        "ACCEPTED": Label("已受理", "Accepted"),
        "MEDIATING": Label("调解中", "In mediation"),
        "AGREED": Label("达成协议", "Agreed"),
        "PERFORMED": Label("履行完毕", "Performed"),
        "TERMINATED": Label("已终止", "Terminated"),
        "CLOSED": Label("已结案", "Closed"),
    },
    "case_type": {
        "FAMILY": Label("婚姻家庭纠纷", "Marriage and family"),
        "NEIGHBOUR": Label("邻里纠纷", "Neighbours"),
        "HOUSING": Label("房屋宅基地纠纷", "Houses and homesteads"),
        "CONTRACT": Label("合同纠纷", "Contracts"),
        "BUSINESS": Label("生产经营纠纷", "Production and business"),
        "DAMAGE": Label("损害赔偿纠纷", "Damages"),
        "FOREST_LAND": Label("山林土地纠纷", "Forest and land"),
        "LAND_TAKING": Label("征地拆迁纠纷", "Land taking and demolition"),
        "ENVIRONMENT": Label("环境污染纠纷", "Pollution"),
        "LABOUR": Label("劳动争议", "Labour"),
        "CONSUMER": Label("消费纠纷", "Consumers"),
        "MEDICAL": Label("医疗纠纷", "Medical"),
        "TRAFFIC": Label("道路交通事故纠纷", "Road accidents"),
        "PROPERTY_MANAGEMENT": Label("物业纠纷", "Property management"),
        "OTHER": Label("其他纠纷", "Other"),
    },
    "case_source": {
        "PARTY_APPLICATION": Label("当事人申请", "Application by a party"),
        "OWN_INITIATIVE": Label("主动调解", "Own initiative"),
        "POLICE": Label("公安移交", "Handed over by the police"),
        "COURT": Label("法院委派", "Assigned by a court"),
        "PETITION": Label("信访转交", "Passed on by petition offices"),
        "DEPARTMENT": Label("部门指定", "Assigned by a department"),
        "GRID_REPORT": Label("网格上报", "Grid report"),
    },
    "agreement_form": {
        "WRITTEN": Label("书面协议", "Written"),
        "ORAL": Label("口头协议", "Oral"),
    },
    "termination_ground": {
        "PARTY_REFUSES": Label("当事人拒绝调解", "A party refuses"),
        "NO_AGREEMENT": Label("无法达成协议", "No agreement possible"),
        "IMPOSSIBLE": Label("调解无法继续", "Mediation has become impossible"),
        "CONCEALMENT": Label("隐瞒重要事实", "Concealment"),
        "STALLING": Label("拖延调解", "Stalling"),
        "SUSPECTED_COLLUSION": Label("涉嫌恶意串通", "Suspected collusion"),
        "REPORT_CANCELLED": Label("来源事件已注销", "The report it came from was cancelled"),
        "OTHER": Label("其他", "Other"),
    },
    "legal_route": {
        "ARBITRATION": Label("仲裁", "Arbitration"),
        "LABOUR_ARBITRATION": Label("劳动仲裁", "Labour arbitration"),
        "ADMINISTRATIVE_DECISION": Label("行政裁决", "Administrative decision"),
        "ADMINISTRATIVE_REVIEW": Label("行政复议", "Administrative review"),
        "LITIGATION": Label("诉讼", "Litigation"),
        "POLICE": Label("公安机关", "Police"),
        "PETITION": Label("信访", "Petition"),
    },
    "party_side": {
        "APPLICANT": Label("申请人", "Applicant"),
        "RESPONDENT": Label("被申请人", "Respondent"),
        "THIRD": Label("第三人", "Third party"),
    },
    "party_kind": {
        "NATURAL": Label("自然人", "Natural person"),
        "LEGAL": Label("法人或其他组织", "Legal person or organisation"),
    },
    "consent": {
        "GIVEN": Label("同意调解", "Consents"),
        "REFUSED": Label("拒绝调解", "Refuses"),
    },
    "signer_role": {
        "PARTY": Label("当事人", "Party"),
        "MEDIATOR": Label("调解员", "Mediator"),
        "SEAL": Label("调解委员会印章", "Seal of the committee"),
    },
    "reception_topic": {
        "DISPUTE": Label("矛盾纠纷", "Dispute"),
        "LAND_TAKING": Label("征地拆迁", "Land taking and demolition"),
        "KEY_PROJECT": Label("重点工程", "Key project"),
        "LEGAL_ADVICE": Label("法律咨询", "Legal advice"),
        "POLICY": Label("政策咨询", "Policy"),
        "PETITION": Label("信访事项", "Petition"),
        "OTHER": Label("其他", "Other"),
    },
    "reception_outcome": {
        "ANSWERED": Label("当场答复", "Answered"),
        "REGISTERED_DISPUTE": Label("登记为纠纷", "Registered as a dispute"),
        "REFERRED": Label("转办", "Referred"),
        "SUGGESTION": Label("形成建议", "Made a suggestion"),
    },
    "service_group_status": {
        "ACTIVE": Label("在岗", "Active"),
        "DISSOLVED": Label("已撤销", "Dissolved"),
    },
    "service_group_agency": {
        "COURT": Label("法院", "Court"),
        "PROCURATORATE": Label("检察院", "Procuratorate"),
        "POLICE": Label("公安", "Police"),
        "JUSTICE": Label("司法行政", "Justice"),
    },
}
