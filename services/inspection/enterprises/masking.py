"""How personal data is shown by default: enough to recognise, too little to use."""


def masked_name(name: str) -> str:
    """朱建国 → 朱**."""
    return name[:1] + "*" * (len(name) - 1)


def masked_phone(phone: str) -> str:
    """13800005678 → 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}"
