"""What people may ask about their personal data (个人信息权利请求), and what may follow what. Pure.

Law: 个人信息保护法 art. 44–50. The 15 days of an answer are this district's rule, not law.
"""

from enum import StrEnum

from services.chassis.errors import Conflict, Invalid
from services.contracts.codes_privacy import Keeper, RightKind


class Status(StrEnum):
    RECEIVED = "RECEIVED"  # 已收到
    VERIFIED = "VERIFIED"  # 身份已核验
    ERASING = "ERASING"  # 正在删除
    DONE = "DONE"  # 已办结
    REFUSED = "REFUSED"  # 不予办理


class Step(StrEnum):
    VERIFY = "verify"
    COMPLETE = "complete"
    ERASE = "erase"
    REFUSE = "refuse"


STEPS: dict[tuple[Status, Step], Status] = {
    (Status.RECEIVED, Step.VERIFY): Status.VERIFIED,
    (Status.RECEIVED, Step.REFUSE): Status.REFUSED,
    (Status.VERIFIED, Step.COMPLETE): Status.DONE,
    (Status.VERIFIED, Step.ERASE): Status.ERASING,
    (Status.VERIFIED, Step.REFUSE): Status.REFUSED,
}
KINDS = {
    Step.ERASE: {RightKind.ERASURE},
    Step.COMPLETE: {RightKind.ACCESS, RightKind.CORRECTION},
}
KEEPERS = frozenset(Keeper)


class RequestStepNotAllowed(Conflict):
    def __init__(self, status: Status, step: Step) -> None:
        super().__init__(
            f"当前状态 {status} 不允许执行 {step}。", f"Cannot {step} a request that is {status}."
        )


class AnotherKindOfRequest(Conflict):
    def __init__(self, kind: RightKind) -> None:
        super().__init__(f"请求类型 {kind} 不适用该步骤。", f"That is no step of {kind}.")


class NobodyNamed(Invalid):
    zh = "请提供公民身份号码或电话号码，至少一项。"
    en = "Name the person by resident ID, telephone number, or both."
    pointer = "/resident_id"


class NothingToCorrect(Invalid):
    zh = "更正请求应说明要更正的项目；其他请求不填。"
    en = "A correction names the fields to be corrected; no other request does."
    pointer = "/fields"


class NobodyLeft(Conflict):
    zh = "该请求所指人员的信息已删除，无法再识别。"
    en = "The person of this request was erased already: nobody can tell any more who it was."


def require_step(status: Status, kind: RightKind, step: Step) -> None:
    if (status, step) not in STEPS:
        raise RequestStepNotAllowed(status, step)
    if kind not in KINDS.get(step, set(RightKind)):
        raise AnotherKindOfRequest(kind)
