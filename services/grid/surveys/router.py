from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.chassis.http.reads import Page, Pages, Reading, reads
from services.chassis.http.writes import Creating, Stepping, creation, step
from services.grid.surveys import operations, queries, schemas
from services.grid.surveys.models import SurveyIssue, SurveyReturn
from services.grid.surveys.queries import ISSUES, RETURNS, SURVEYS
from services.grid.surveys.rules import Status

router = APIRouter(prefix="/v1/grid", tags=["surveys"])


@router.post("/surveys", **creation(operations.open_survey))
async def open_survey(body: schemas.SurveyIn, unit: Creating) -> Response:
    return await unit.create(operations.open_survey, body)


@router.get("/surveys", **reads("survey.read", Page[schemas.SurveyLine], "list_surveys"))
async def list_surveys(reading: Reading, pages: Pages, status: Status | None = None) -> Response:
    """Surveys of the caller's areas and of those above them."""
    return await reading.page(SURVEYS, schemas.SurveyLine, pages, queries.with_status(status))


@router.get("/surveys/{survey_id}", **reads("survey.read", schemas.SurveyOut, "get_survey"))
async def get_survey(survey_id: UUID, reading: Reading) -> Response:
    """A survey with every version of its questions and, once it is closed, its results by township."""
    return await reading.detail(SURVEYS, survey_id)


@router.post("/surveys/{survey_id}/revise", **step(operations.revise_survey))
async def revise_survey(survey_id: UUID, body: schemas.RevisionIn, unit: Stepping) -> Response:
    return await unit.step(operations.revise_survey, survey_id, body)


@router.post("/surveys/{survey_id}/close", **step(operations.close_survey))
async def close_survey(survey_id: UUID, body: schemas.CloseIn, unit: Stepping) -> Response:
    return await unit.step(operations.close_survey, survey_id, body)


@router.post("/survey-issues", **creation(operations.issue_questionnaires))
async def issue_questionnaires(body: schemas.IssueIn, unit: Creating) -> Response:
    return await unit.create(operations.issue_questionnaires, body)


@router.get(
    "/survey-issues", **reads("survey.follow", Page[schemas.IssueOut], "list_survey_issues")
)
async def list_survey_issues(
    reading: Reading, pages: Pages, survey_id: UUID | None = None
) -> Response:
    """What was handed out, newest entry first."""
    condition = queries.of_survey(SurveyIssue, survey_id)
    return await reading.page(ISSUES, schemas.IssueOut, pages, condition)


@router.get(
    "/survey-issues/{issue_id}", **reads("survey.follow", schemas.IssueOut, "get_survey_issue")
)
async def get_survey_issue(issue_id: UUID, reading: Reading) -> Response:
    return await reading.detail(ISSUES, issue_id)


@router.post("/survey-returns", **creation(operations.return_questionnaires))
async def return_questionnaires(body: schemas.ReturnIn, unit: Creating) -> Response:
    return await unit.create(operations.return_questionnaires, body)


@router.get(
    "/survey-returns", **reads("survey.follow", Page[schemas.ReturnLine], "list_survey_returns")
)
async def list_survey_returns(
    reading: Reading, pages: Pages, survey_id: UUID | None = None
) -> Response:
    """What came back, newest entry first."""
    condition = queries.of_survey(SurveyReturn, survey_id)
    return await reading.page(RETURNS, schemas.ReturnLine, pages, condition)


@router.get(
    "/survey-returns/{return_id}",
    **reads("survey.follow", schemas.ReturnLine, "get_survey_return"),
)
async def get_survey_return(return_id: UUID, reading: Reading) -> Response:
    return await reading.detail(RETURNS, return_id)
