from services.gateway.projections.cards import Projection

PROJECTIONS: tuple[Projection, ...] = ()
