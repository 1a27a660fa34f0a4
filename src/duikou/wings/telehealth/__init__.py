"""Remote consultation and diagnosis: cases sent, opinions signed and returned; no live link is needed."""
