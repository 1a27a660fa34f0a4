"""Tables of the job queue: jobs and the schedule of periodic work."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_tasks.utils import get_random_id

from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet


class JobQuerySet(ScopedQuerySet):
    """Jobs; one's own are always visible."""

    def visible_to(self, actor: Actor, permission: str | None = None) -> Self:
        """Jobs of the actor's area, and those that the actor has asked for."""
        wanted = permission or self.model.read_permission
        visible = self.model.visibility(actor.paths(wanted))
        own = actor.user_id is not None and (actor.limit is None or wanted in actor.limit)
        return self.filter(visible | Q(enqueued_by_id=actor.user_id) if own else visible)

    def open(self) -> Self:
        """Jobs that wait or run."""
        return self.filter(state__in=Job.OPEN)


class Job(Scoped):
    """A piece of background work (后台任务).

    A worker holds a running job by a lease that its heartbeat extends. When the lease
    runs out (the worker was killed, the machine lost power) another worker claims the
    job and goes on from `checkpoint`. `attempts` counts the claims and, together with
    `worker`, proves who holds the job; `tries` counts the claims since the last new
    checkpoint, so that a long job may outlive many kills while one that never gets
    anywhere ends as failed.
    """

    class State(models.TextChoices):
        READY = "ready", _("等待")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    OPEN = (State.READY, State.RUNNING)

    scope_fields = ("scope_path",)
    read_permission = "job.view"

    id = models.CharField(primary_key=True, max_length=32, default=get_random_id, editable=False)
    task = models.CharField(_("任务"), max_length=200)  # dotted path of the function
    subject = models.CharField(_("对象"), max_length=200, blank=True, default="")  # what it is about
    backend = models.CharField(max_length=40, default="default")
    queue = models.CharField(_("队列"), max_length=40, default="default")
    priority = models.SmallIntegerField(_("优先级"), default=0)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    run_after = models.DateTimeField(_("不早于"), null=True, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")  # of notes and errors

    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.READY)
    cancel_requested = models.BooleanField(_("已请求取消"), default=False)
    attempts = models.PositiveIntegerField(_("领取次数"), default=0)
    tries = models.PositiveIntegerField(_("自上一检查点的次数"), default=0)
    max_attempts = models.PositiveIntegerField(_("最多次数"), default=3)
    worker = models.CharField(max_length=80, blank=True, default="")
    workers = models.JSONField(default=list)  # every worker that has claimed it, for django-tasks
    lease_until = models.DateTimeField(null=True, blank=True)
    heartbeat = models.DateTimeField(null=True, blank=True)

    done = models.PositiveIntegerField(_("已完成数"), default=0)
    total = models.PositiveIntegerField(_("总数"), null=True, blank=True)
    note = models.CharField(_("进展"), max_length=200, blank=True, default="")
    checkpoint = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    error = models.CharField(_("原因"), max_length=1000, blank=True, default="")  # never personal data
    error_class = models.CharField(max_length=200, blank=True, default="")

    dedupe = models.CharField(max_length=120, blank=True, default="")
    enqueued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="jobs"
    )
    scope_path = PathField(blank=True, default="")
    enqueued_at = models.DateTimeField(_("请求时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始"), null=True, blank=True)
    last_attempted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("结束"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("后台任务")
        ordering = ["-enqueued_at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="core_job_one_open_per_dedupe_key",
                fields=["dedupe"],
                condition=Q(state__in=("ready", "running")) & ~Q(dedupe=""),
            ),
            models.CheckConstraint(
                name="core_job_running_has_lease",
                condition=Q(state="running", lease_until__isnull=False) | ~Q(state="running"),
            ),
            models.CheckConstraint(
                name="core_job_finished_has_time",
                condition=Q(state__in=("ready", "running"), finished_at__isnull=True)
                | (~Q(state__in=("ready", "running")) & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="core_job_done_within_total", condition=Q(total__isnull=True) | Q(done__lte=F("total"))
            ),
        ]
        indexes = [
            # the claim: what waits, most urgent first
            models.Index(
                fields=["-priority", "enqueued_at"], name="core_job_waiting", condition=Q(state="ready")
            ),
            # the recovery: what runs, earliest lease first
            models.Index(fields=["lease_until"], name="core_job_leased", condition=Q(state="running")),
            models.Index(fields=["state", "finished_at"], name="core_job_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.subject}" if self.subject else self.title

    @property
    def title(self) -> str:
        """What the job does, in the language of the request."""
        from duikou.core.jobs.backend import find_task

        task = find_task(self.task)
        return str(task.title or task.name) if task else self.task.rpartition(".")[2]

    @property
    def is_open(self) -> bool:
        """Whether the job waits or runs."""
        return self.state in self.OPEN

    @property
    def percent(self) -> int | None:
        """Progress from 0 to 100, or None when the total is unknown."""
        return self.done * 100 // self.total if self.total else None


class Schedule(models.Model):
    """When a periodic task is due next (定期任务). Whoever moves `next_at` on enqueues the job."""

    name = models.SlugField(primary_key=True)
    task = models.CharField(max_length=200)
    every = models.DurationField(_("间隔"))
    next_at = models.DateTimeField(_("下次"))
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("定期任务")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
