"""Who is asking: the one shape in which identity reaches an operation."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Caller:
    """The subject of a request, as the gateway's internal token says, or a job (`svc:…`).

    `areas` are codes of the administrative tree; scope is a prefix test. A job has no area and is not bound by scope.
    `client` is the application that the token was issued to; only the gateway is told. `emergency`: areas that the
    caller reads, and only reads, for a while (`services.chassis.emergency`).
    """

    subject: str
    roles: frozenset[str] = field(default_factory=frozenset)
    areas: tuple[str, ...] = ()
    organisation: str | None = None
    request_id: str = ""
    name: str = ""
    client: str = ""
    emergency: tuple[str, ...] = ()

    @property
    def is_job(self) -> bool:
        return self.subject.startswith("svc:")

    @property
    def in_emergency(self) -> "Caller":
        """As whom they read: nothing but a read may ask for it."""
        return replace(self, areas=(*self.areas, *self.emergency))

    def covers(self, area_code: str) -> bool:
        """Whether `area_code` lies inside the caller's scope."""
        return self.is_job or any(area_code.startswith(area) for area in self.areas)


def job(name: str) -> Caller:
    """The identity of background work, e.g. `job("disputes")` → `svc:disputes`."""
    return Caller(subject=f"svc:{name}", roles=frozenset({"job"}))
