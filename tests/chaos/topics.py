"""The topics that figures are made of; what verifies audits is not part of the play."""

from services.gateway.projections.registry import BY_TOPIC

TOPICS = tuple(sorted(BY_TOPIC))
