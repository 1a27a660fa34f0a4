"""Background jobs: the django-tasks interface with leases, progress and cancelling.

A task is an ordinary function with the `task` decorator of django-tasks; our backend
adds three settings to it:

    @task(title=_("导入附表"), max_attempts=3, retry_after=10)
    def import_annex(batch_id: int) -> dict[str, int]:
        job = current_job()
        for number, part in job.remaining(parts):
            with job.step(number + 1, len(parts)):  # effects and checkpoint: one transaction
                ...

`request_job(import_annex, 7, actor=actor, …)` puts it into the queue inside the caller's
transaction. The rooms: `models` (tables), `backend` (django-tasks), `context` (what a
running task may ask for), `queue` (claim, finish, release), `worker` (the loop),
`schedule` (periodic work), `actions` and `queries` (requests of people).
"""
