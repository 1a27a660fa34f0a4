"""The same definitions on Apache Spark: for data too many for one machine, or kept on a cluster.

Needs the optional extra `spark` (PySpark and Java 17). Nothing else imports this room.
"""

from duikou.engines.casemix.scale.group import grouped
from duikou.engines.casemix.scale.session import connect, facts, kept, rows, session, table_of

__all__ = ["connect", "facts", "grouped", "kept", "rows", "session", "table_of"]
