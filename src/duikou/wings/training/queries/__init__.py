"""Every read of the training wing that a face or another wing needs."""

from duikou.wings.training.queries.trainees import away, in_training, waits_for

__all__ = ["away", "in_training", "waits_for"]
