"""Every read of this wing that a face needs, scoped to the actor, in a fixed number of queries."""

from duikou.wings.agreements.queries.duties import duties, holder_of

__all__ = ["duties", "holder_of"]
