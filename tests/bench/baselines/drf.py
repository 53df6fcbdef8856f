"""The same two inserts as a user of Django REST framework would write them; under gunicorn, one worker."""

import os
from datetime import timedelta
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tests.bench.place import parts_of

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": None,
            **parts_of(os.environ["BENCH_DATABASE"]),
        }
    },
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF=__name__,
    USE_TZ=True,
)
django.setup()

from django.db import models, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402
from rest_framework.pagination import CursorPagination  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from uuid_utils.compat import uuid7  # noqa: E402

from services.contracts.codes_grid import Category, Finder, Urgency  # noqa: E402


class Report(models.Model):
    class Meta:
        app_label, db_table, managed = "bench", "report", False

    id = models.UUIDField(primary_key=True, default=uuid7)
    version = models.IntegerField(default=1)
    area_code = models.CharField(max_length=15)
    correlation_id = models.UUIDField()
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    late_entry = models.BooleanField(default=False)
    import_batch_id = models.UUIDField(null=True)
    number = models.TextField(unique=True)
    status = models.CharField(max_length=40, default="REPORTED")
    category = models.CharField(max_length=40, choices=[(c, c) for c in Category])
    urgency = models.CharField(max_length=40, choices=[(u, u) for u in Urgency], default="NORMAL")
    finder = models.CharField(max_length=40, choices=[(f, f) for f in Finder], default="RED_MEMBER")
    title = models.CharField(max_length=100)
    description = models.CharField(max_length=4000, blank=True)
    place = models.CharField(max_length=200, blank=True)
    enterprise_id = models.UUIDField(null=True)
    reporter = models.TextField(default="somebody")
    organisation = models.TextField(null=True)
    handlers = models.JSONField(default=list)
    reported_at = models.DateTimeField()
    accept_due_at = models.DateTimeField(null=True)
    resolve_due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)


class Event(models.Model):
    class Meta:
        app_label, db_table, managed = "bench", "outbox", False

    id = models.BigAutoField(primary_key=True)
    topic = models.TextField(default="jinding.grid.report.v1")
    partition = models.SmallIntegerField()
    aggregate_id = models.UUIDField()
    version = models.IntegerField(default=1)
    lane = models.SmallIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    created_at = models.DateTimeField()


class ReportIn(serializers.ModelSerializer):
    class Meta:
        model = Report
        fields = ("area_code", "category", "urgency", "title", "description", "place")

    @transaction.atomic  # type: ignore[untyped-decorator]
    def create(self, validated: dict[str, Any]) -> Report:
        from tests.bench.baselines.bare import event_of  # noqa: PLC0415

        id_, now = uuid7(), timezone.now()
        times = dict.fromkeys(("occurred_at", "created_at", "updated_at", "reported_at"), now)
        number = f"GE{validated['area_code'][:9]}{id_.hex}"
        facts = {"id": id_, "correlation_id": id_, "number": number, **times, **validated}
        report: Report = Report.objects.create(accept_due_at=now + timedelta(days=2), **facts)
        partition, _, lane, headers, body, _ = event_of(validated, id_, now, number)
        Event.objects.create(
            partition=partition,
            aggregate_id=id_,
            lane=lane,
            headers=headers,
            body=body,
            created_at=now,
        )
        return report


class ReportLine(serializers.ModelSerializer):
    class Meta:
        model = Report
        fields = (
            *("id", "number", "version", "status", "area_code", "category", "urgency", "title"),
            *("organisation", "reported_at", "resolve_due_at", "closed_at", "late_entry"),
        )


class NewestFirst(CursorPagination):
    page_size, ordering = 50, ("-created_at", "-id")


class Reports(generics.ListCreateAPIView):
    queryset, pagination_class = Report.objects.all(), NewestFirst

    def get_serializer_class(self) -> type[serializers.ModelSerializer]:
        return ReportIn if self.request.method == "POST" else ReportLine

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        found = Report.objects.filter(area_code__startswith=asked["area"], status=asked["status"])
        return found.only(*ReportLine.Meta.fields, "created_at")

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        report = serializer.save()
        receipt = {name: getattr(report, name) for name in ("id", "number", "version", "status")}
        return Response(receipt, status=201)


urlpatterns = [
    path("readyz", lambda request: HttpResponse("{}")),
    path("v1/grid/reports", Reports.as_view()),
]
application = get_wsgi_application()
