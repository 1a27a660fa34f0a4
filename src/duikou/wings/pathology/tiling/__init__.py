"""Tiles of slides, served by a process of their own that knows neither the database nor the framework.

The site decides who sees a slide and says so in a ticket that lasts minutes; this process checks the
ticket and cuts the tile. `tickets` is shared by both; `pyramids` and `service` run in `duikou tiles`.
"""
