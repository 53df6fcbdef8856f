"""What may be done with campaigns."""

from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.grid.campaigns import schemas
from services.grid.campaigns.models import Campaign
from services.grid.campaigns.queries import CAMPAIGNS, Planning, planning
from services.grid.campaigns.rules import Step


@operation(CAMPAIGNS, permission="campaign.plan", creates=True, given=planning)
def plan_campaign(_: None, body: schemas.CampaignIn, given: Planning, call: Call) -> Done[Campaign]:
    """Plan a campaign (专项行动) of one's area. Its code is for ever and for the whole district; others may run at
    the same time."""
    given.require(call.caller, body.area_code, body.starts_on, body.ends_on)
    given.take(body.code)
    facts = body.model_dump(exclude={"id", "occurred_at", "on_behalf_of"})
    return Done(*Campaign.plan(call.at, id=call.id, **facts))


@operation(CAMPAIGNS, permission="campaign.plan", step=Step.EXTEND)
def extend_campaign(
    campaign: Campaign, body: schemas.ExtendIn, _: None, call: Call
) -> Done[Campaign]:
    """Let a campaign begin earlier or end later."""
    if not call.caller.covers(campaign.area_code):
        raise OutsideScope(campaign.area_code)
    return Done(campaign, campaign.extend(body.starts_on, body.ends_on, call.at))
