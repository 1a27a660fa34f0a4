"""Video for other wings: recorded lessons and live broadcasts, shown to those whom a wing lets watch.

A recording comes up in pieces (`core.uploads`), is examined (`sniffing`, `probing`) and made into pieces
of four seconds in two sizes (`transcoding`, a job that survives being killed). A broadcast arrives as the
parts that a teacher's browser records; the files of these parts are the truth (`storing`). `feeding` makes
the live picture out of them and can be started again at any moment; afterwards they become a recording
(`joining`).

For other wings: `rights.register("lesson", may_watch)`, `actions.attach(...)`, `queries.playlist_address` and
the component `<c-video :recording="…" heartbeat_url="…" />`.
"""
