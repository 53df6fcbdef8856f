"""The codes of errands (代办) and what people read for them."""

from enum import StrEnum

from services.contracts.labels import Label


class MatterKind(StrEnum):
    """What somebody needs help with."""

    BUILDING_PERMIT = "BUILDING_PERMIT"
    HOUSEHOLD_REGISTER = "HOUSEHOLD_REGISTER"
    SOCIAL_SECURITY = "SOCIAL_SECURITY"
    MEDICAL_CARE = "MEDICAL_CARE"
    SUBSIDY = "SUBSIDY"
    CERTIFICATE = "CERTIFICATE"
    DAILY_LIFE = "DAILY_LIFE"
    OTHER = "OTHER"


class ErrandOutcome(StrEnum):
    """What came of a closed errand. Who was merely ADVISED has got an answer, not a solution."""

    OBTAINED = "OBTAINED"
    DIFFICULTY_RESOLVED = "DIFFICULTY_RESOLVED"
    ADVISED = "ADVISED"


SOLVED = frozenset({ErrandOutcome.OBTAINED, ErrandOutcome.DIFFICULTY_RESOLVED})


class ImpossibleReason(StrEnum):
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    PAPERS_MISSING = "PAPERS_MISSING"
    IN_PERSON_ONLY = "IN_PERSON_ONLY"
    DEPARTMENT_REFUSED = "DEPARTMENT_REFUSED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    OTHER = "OTHER"


class ErrandRoute(StrEnum):
    """Which way stays open to whoever could not be helped."""

    APPLY_IN_PERSON = "APPLY_IN_PERSON"
    ANOTHER_DEPARTMENT = "ANOTHER_DEPARTMENT"
    ADMINISTRATIVE_REVIEW = "ADMINISTRATIVE_REVIEW"
    LITIGATION = "LITIGATION"
    PETITION = "PETITION"
    HOTLINE = "HOTLINE"


class Authoriser(StrEnum):
    APPLICANT = "APPLICANT"
    GUARDIAN = "GUARDIAN"


class SignedBy(StrEnum):
    """How somebody signs: for an authorisation, or for what was handed back."""

    SIGNATURE = "SIGNATURE"
    E_CONSENT = "E_CONSENT"


class PaperType(StrEnum):
    HOUSEHOLD_REGISTER = "HOUSEHOLD_REGISTER"
    ID_CARD = "ID_CARD"
    LAND_USE_CERTIFICATE = "LAND_USE_CERTIFICATE"
    OTHER = "OTHER"


class PaperForm(StrEnum):
    ORIGINAL = "ORIGINAL"
    COPY = "COPY"


class WindowResult(StrEnum):
    """What a department's window answered."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    NOT_NEEDED = "NOT_NEEDED"


CODES: dict[str, dict[str, Label]] = {
    "errand_status": {
        "SUBMITTED": Label("已提出", "Submitted"),
        "ACCEPTED": Label("已受理", "Accepted"),
        "AUTHORISED": Label("已授权", "Authorised"),
        "IN_PROGRESS": Label("办理中", "In progress"),
        "OBTAINED": Label("已办得", "Obtained"),
        "DELIVERED": Label("已送达", "Delivered"),
        "CLOSED": Label("已办结", "Closed"),
        "WITHDRAWN": Label("已撤回", "Withdrawn"),
        "IMPOSSIBLE": Label("无法办理", "Impossible"),
    },
    "errand_matter": {
        "BUILDING_PERMIT": Label("农民建房", "Building permit"),
        "HOUSEHOLD_REGISTER": Label("户籍", "Household register"),
        "SOCIAL_SECURITY": Label("社会保险", "Social security"),
        "MEDICAL_CARE": Label("医疗救助", "Medical care"),
        "SUBSIDY": Label("补贴与救助", "Subsidy"),
        "CERTIFICATE": Label("证明", "Certificate"),
        "DAILY_LIFE": Label("生活困难", "Daily life"),
        "OTHER": Label("其他", "Other"),
    },
    "errand_outcome": {
        "OBTAINED": Label("已办得", "Obtained"),
        "DIFFICULTY_RESOLVED": Label("困难已解决", "Difficulty resolved"),
        "ADVISED": Label("已告知办理途径", "Advised"),
    },
    "errand_impossible_reason": {
        "NOT_ELIGIBLE": Label("不符合条件", "Not eligible"),
        "PAPERS_MISSING": Label("材料不全", "Papers missing"),
        "IN_PERSON_ONLY": Label("须本人办理", "In person only"),
        "DEPARTMENT_REFUSED": Label("部门不予办理", "Refused by the department"),
        "OUT_OF_SCOPE": Label("不属代办范围", "Out of scope"),
        "OTHER": Label("其他", "Other"),
    },
    "errand_route": {
        "APPLY_IN_PERSON": Label("本人前往办理", "Apply in person"),
        "ANOTHER_DEPARTMENT": Label("向其他部门申请", "Apply to another department"),
        "ADMINISTRATIVE_REVIEW": Label("行政复议", "Administrative review"),
        "LITIGATION": Label("诉讼", "Litigation"),
        "PETITION": Label("信访", "Petition"),
        "HOTLINE": Label("政务服务热线", "Government hotline"),
    },
    "errand_authoriser": {
        "APPLICANT": Label("本人", "Applicant"),
        "GUARDIAN": Label("监护人", "Guardian"),
    },
    "signed_by": {
        "SIGNATURE": Label("签名", "Signature"),
        "E_CONSENT": Label("电子同意", "Electronic consent"),
    },
    "paper_type": {
        "HOUSEHOLD_REGISTER": Label("户口簿", "Household register"),
        "ID_CARD": Label("身份证", "ID card"),
        "LAND_USE_CERTIFICATE": Label("土地使用证", "Land use certificate"),
        "OTHER": Label("其他", "Other"),
    },
    "paper_form": {
        "ORIGINAL": Label("原件", "Original"),
        "COPY": Label("复印件", "Copy"),
    },
    "errand_window_result": {
        "GRANTED": Label("准予", "Granted"),
        "REFUSED": Label("不予", "Refused"),
        "NOT_NEEDED": Label("无需办理", "Not needed"),
    },
}
