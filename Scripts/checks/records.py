"""What the books must say, read from the database itself, past the product."""

import sqlite3
import uuid
from pathlib import Path

from postgres import PostgreSQL


class SQLiteRecords:
    def __init__(self, data: Path):
        self._database = sqlite3.connect(data / "iperform.sqlite")

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        return [tuple(map(self._text, row)) for row in self._database.execute(sql)]

    def check_engine(self) -> None:
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        assert self.rows("PRAGMA foreign_key_check") == []

    @staticmethod
    def _text(value: object) -> str:
        if isinstance(value, bytes):
            return str(uuid.UUID(bytes=value))
        return "" if value is None else str(value)


class PostgresRecords:
    def __init__(self, server: PostgreSQL, database: str):
        self._server, self._database = server, database

    def rows(self, sql: str) -> list[tuple[str, ...]]:
        return self._server.rows(self._database, sql)

    def check_engine(self) -> None:
        """Nothing to ask: it checks as it writes."""


def check_books(records, promised: dict[str, str]) -> None:
    """`promised`: the external ids that were acknowledged, with the lead each was told."""
    rows = records.rows
    records.check_engine()
    leads = dict(rows("SELECT external_id, id FROM leads WHERE external_id IS NOT NULL"))
    lost = [name for name, id in promised.items() if leads.get(name) != id]
    assert lost == [], "an acknowledged lead is not there"
    assert rows(
        "SELECT external_id FROM leads WHERE external_id LIKE 'writer-%' AND touches > 1") == []
    # One beginning each, and totals that are what a count says.
    assert rows("""
        SELECT id FROM leads WHERE 1 <> (SELECT COUNT(*) FROM events
            WHERE tenant_id = leads.tenant_id AND subject_id = leads.id AND name = 'lead.created')
        """) == []
    assert sorted(rows("""
        SELECT stage, SUM(leads) FROM lead_totals GROUP BY stage HAVING SUM(leads) > 0
        """)) == sorted(rows("SELECT stage, COUNT(*) FROM leads GROUP BY stage"))
    # Each answer to a program has one entry in the journal, and each entry one lead.
    assert rows("""
        SELECT lead_id FROM inbox WHERE channel = 'api' GROUP BY lead_id HAVING COUNT(*) > 1
        """) == []
    check_ledger(rows)


def check_ledger(rows) -> None:
    counted = rows("""
        SELECT channel, COUNT(*), COUNT(*) FILTER (WHERE outcome = 'created'),
            COUNT(*) FILTER (WHERE outcome = 'merged'),
            COUNT(*) FILTER (WHERE outcome = 'quarantined'),
            COUNT(*) FILTER (WHERE outcome = 'refused')
        FROM inbox WHERE channel <> 'import' GROUP BY channel ORDER BY channel
        """)
    kept = rows("""
        SELECT channel, received, created, merged, quarantined, refused
        FROM inbox_ledger WHERE channel <> 'import' ORDER BY channel
        """)
    assert kept == counted, "the ledger's counters are what the journal holds"
