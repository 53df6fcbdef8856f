"""What refuses a correction of a check-up report. Pure."""

from services.chassis.errors import Conflict, Invalid


class NothingCorrected(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "新版内容与现行版本相同。", "The new edition says the same as the one in force."
        )


class CorrectedBeforeIssued(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "更正时间早于现行版本的出具时间。",
            "A correction cannot precede the edition that it corrects.",
        )
