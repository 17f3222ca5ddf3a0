"""The console's keys in tests, and what writes the audit log with them."""

from services.contract.keys import new_key, parse_ring
from services.reports.shell.storage.audit_log import AuditWriter, keyed_chain

CONSOLE_KEYS = new_key()
RING = parse_ring(CONSOLE_KEYS)
AUDIT = AuditWriter(keyed_chain(RING))
