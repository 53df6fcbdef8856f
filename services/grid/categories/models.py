from datetime import date

from sqlmodel import Field, SQLModel

from services.chassis.database import stored
from services.contracts.codes_grid import Category


class Subcategory(SQLModel, table=True):
    """The second level of a category (小类). `clue`: whoever reports such a thing accuses somebody, and is kept from
    all but offices. Configuration: rows are edited, never deleted; `valid_to` is the first day without.
    `confirmed`: by the district, whose list it is."""

    __tablename__ = "report_subcategory"

    category: Category = Field(sa_type=stored(Category), primary_key=True)
    code: str = Field(primary_key=True)
    zh: str
    en: str
    clue: bool = False
    confirmed: bool = False
    source: str
    valid_from: date
    valid_to: date | None = None
