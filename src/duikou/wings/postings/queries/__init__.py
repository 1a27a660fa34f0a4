"""Every read of the postings wing that a face or another wing needs."""

from duikou.wings.postings.queries.standing import live_stays, on_post

__all__ = ["live_stays", "on_post"]
