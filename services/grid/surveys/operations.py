"""What may be done with surveys, the questionnaires handed out, and those that come back."""

from typing import Any
from uuid import UUID

from services.chassis.deadlines.calendar import local_day
from services.chassis.decision import OutsideScope
from services.chassis.operation import Call, Done, operation
from services.contracts.grid_outreach import SurveyResult
from services.grid.campaigns.queries import Planning, planning
from services.grid.surveys import schemas
from services.grid.surveys.models import Questions, Survey, SurveyIssue, SurveyReturn
from services.grid.surveys.queries import (
    ISSUES,
    RETURNS,
    SURVEYS,
    Issuing,
    Returning,
    counted,
    issuing,
    returning,
)
from services.grid.surveys.rules import NoSuchVersion, NotAsked, OneTokenEach, Step, flaw_of


@operation(SURVEYS, permission="survey.manage", creates=True, given=planning)
def open_survey(_: None, body: schemas.SurveyIn, given: Planning, call: Call) -> Done[Survey]:
    """Open a round of questionnaires (三率问卷) in one's area. Internal: official results are another series."""
    given.require(call.caller, body.area_code, body.starts_on, body.ends_on)
    asked = Questions(version=1, activities=[*body.activities], fewest_seconds=body.fewest_seconds)
    facts = body.model_dump(include={"area_code", "name", "name_en", "starts_on", "ends_on"})
    return Done(*Survey.open(call.at, id=call.id, versions=[asked], **facts))


@operation(SURVEYS, permission="survey.manage", step=Step.REVISE)
def revise_survey(survey: Survey, body: schemas.RevisionIn, _: None, call: Call) -> Done[Survey]:
    """Make a new version of the questions. Answers to older ones stay good."""
    _require_own(survey, call)
    return Done(survey, survey.revise(body.activities, body.fewest_seconds, at=call.at))


@operation(SURVEYS, permission="survey.manage", step=Step.CLOSE, given=counted)
def close_survey(
    survey: Survey, body: schemas.CloseIn, given: dict[UUID, list[SurveyResult]], call: Call
) -> Done[Survey]:
    """Close a survey: its answers are counted, by township. No more come."""
    _require_own(survey, call)
    return Done(survey, survey.close(given[survey.id], local_day(call.at), at=call.at))


@operation(ISSUES, permission="survey.issue", creates=True, given=issuing, locks=True)
def issue_questionnaires(
    _: None, body: schemas.IssueIn, given: Issuing, call: Call
) -> Done[SurveyIssue]:
    """Hand questionnaires to at least 20 households of an area, with a token each: one a household and survey. Imported
    history may name households that are not registered."""
    given.rounds.require(call.caller, body, local_day(call.at))
    if len(body.households) != len(body.digests):
        raise OneTokenEach
    if call.import_batch_id is None:
        given.require_there(body)
    given.take(body)
    facts = body.model_dump(include={"survey_id", "area_code", "households", "digests"})
    return Done(*SurveyIssue.record(call.at, id=call.id, recorded_by=call.subject, **facts))


@operation(RETURNS, permission="survey.answer", creates=True, given=returning, locks=True)
def return_questionnaires(
    _: None, body: schemas.ReturnIn, given: Returning, call: Call
) -> Done[SurveyReturn]:
    """Enter questionnaires that came back. Each is an answer of its own, and spends a token that is not kept with
    it. One that is incomplete, or was clicked through, is kept and not valid."""
    versions = given.rounds.require(call.caller, body, local_day(call.at)).versions
    sheets = [_filed(place, sheet, body, versions) for place, sheet in enumerate(body.sheets)]
    return Done(
        *SurveyReturn.record(
            call.at,
            id=call.id,
            area_code=body.area_code,
            survey_id=body.survey_id,
            channel=body.channel,
            questionnaires=len(sheets),
            valid=sum(sheet["flaw"] is None for sheet in sheets),
            spent=given.spend(body),
            sheets=sheets,
            recorded_by=call.subject,
        )
    )


def _filed(
    place: int, sheet: schemas.SheetIn, body: schemas.ReturnIn, versions: dict[int, Questions]
) -> dict[str, Any]:
    """The answer as it is kept, which is all of the sheet but its token and its time."""
    asked = versions.get(sheet.version)
    if asked is None:
        raise NoSuchVersion(place)
    listed = {activity.code for activity in asked.activities}
    for name, told in (("aware", sheet.aware), ("took_part", sheet.took_part)):
        if not listed.issuperset(told or ()):
            raise NotAsked(place, name)
    flaw = flaw_of(sheet.feeling, sheet.aware, sheet.took_part, sheet.seconds, asked.fewest_seconds)
    kept = sheet.model_dump(exclude={"token", "seconds"})
    return kept | {"township": body.area_code[:9], "channel": body.channel, "flaw": flaw}


def _require_own(survey: Survey, call: Call) -> None:
    if not call.caller.covers(survey.area_code):
        raise OutsideScope(survey.area_code)
