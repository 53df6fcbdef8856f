class Refusal(Exception):
    """Why a command cannot go on, in one plain sentence for people; the command ends with 1."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
