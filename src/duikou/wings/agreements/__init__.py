"""Agreements of pairs: templates, drafts, checks, signing, filing, amendments, ends."""
