"""Read an agreement (.docx), cut it into clauses and judge it against its template.

"Added is allowed, removed is not" (S1 §四(一)). `read_docx` → `cut` → `check`; all are pure
functions of bytes and plain values. `model` holds the types that pass between them.
"""
