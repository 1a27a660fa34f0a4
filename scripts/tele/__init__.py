"""The real components of telemedicine on this machine: install, start, look at, stop (`make tele`).

Each module is one component and has the same four functions: `install()` gets the program (Debian's package
or a file with a known digest), `start(home)` writes its configuration from `tele/<component>/` and starts it,
`stop(home)` ends it, `healthy(home)` asks whether it answers. All listen on loopback; their data, secrets,
logs and process numbers lie below `<home>/tele`. Programs run unmodified, as processes of their own.
"""
