"""Proves an exported audit log (JSON lines), past the product: `audit_chain.py audit.jsonl`.

Written from docs/decisions/0015-audit-sealed-from-the-feed.md alone.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: str) -> int:
    since = datetime.fromisoformat(moment) - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def digest(entry: dict) -> str:
    fields = [
        "iperform-audit-1", entry["tenant"], str(entry["number"]), str(microseconds(entry["at"])),
        entry["actor_kind"], entry["actor"], entry["person"], entry["remote"], entry["action"],
        entry["subject_kind"], entry["subject"], str(entry["event"]), entry["detail"],
        entry["previous"],
    ]
    hashed = hashlib.sha256()
    for field in fields:
        if field is None:
            hashed.update(b"-,")
        else:
            text = field.encode()
            hashed.update(b"%d:%s," % (len(text), text))
    return hashed.hexdigest()


def first_fault(lines: Iterable[str]) -> str | None:
    """What is wrong with a whole log; None when nothing is."""
    before = None
    for line in lines:
        entry = json.loads(line)
        number = entry["number"]
        if before and number != before["number"] + 1:
            return f"entry {before['number'] + 1} is missing"
        previous = before["hash"] if before else "0" * 64 if number == 1 else entry["previous"]
        if entry["previous"] != previous:
            return f"entry {number} is not chained to the one before it"
        if entry["hash"] != digest(entry):
            return f"entry {number} was changed"
        before = entry
    return None


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        fault = first_fault(file)
    print(fault or "proven")
    sys.exit(1 if fault else 0)
