"""The newest checkpoint of each log that enough witnesses have cosigned. It can be had again: from them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text

from allmanning.audit.log.schema import metadata

witnessed = Table(
    "witnessed",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
)
