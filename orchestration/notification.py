"""Messages to the people who run the warehouse, by webhook or e-mail; silent where neither is configured.

A message never holds a cell value: it names extracts, months and steps, and says where the reason is kept.
"""

from __future__ import annotations

import json
import logging
import os
import smtplib
import urllib.request
from collections.abc import Sequence
from email.message import EmailMessage

from ingestion.archive import Submission

WEBHOOK = "WAREHOUSE_NOTIFY_WEBHOOK"
SMTP_HOST, SMTP_FROM, SMTP_TO = "WAREHOUSE_NOTIFY_SMTP_HOST", "WAREHOUSE_NOTIFY_SMTP_FROM", "WAREHOUSE_NOTIFY_SMTP_TO"
TIMEOUT_SECONDS = 20

log = logging.getLogger(__name__)


def send(subject: str, lines: Sequence[str]) -> list[str]:
    """Send to every configured address and return which were reached.

    A night must not fail because a mail server does: an address that cannot be reached is logged as an error.
    """
    reached = []
    for name, deliver in (("webhook", _post), ("e-mail", _mail)):
        try:
            if deliver(subject, lines):
                reached.append(name)
        except OSError as error:
            log.error("the notification '%s' did not go out by %s: %s", subject, name, error)
    return reached


def refused_deliveries(refused: Sequence[Submission]) -> tuple[str, list[str]]:
    """The message about deliveries refused in one landing; the reasons stay in the receipts."""
    many = f"{len(refused)} deliveries" if len(refused) > 1 else "1 delivery"
    listed = [f"{entry.extract} {entry.period}: receipt {entry.sha256[:12]}" for entry in refused]
    return f"Migration warehouse: {many} refused", [*listed, "Reason and remedy are in the receipts and in the check on each raw asset."]


def failed_run(job: str, run_id: str, steps: Sequence[str]) -> tuple[str, list[str]]:
    """The message about a failed run: which steps, not their errors, which may quote a value."""
    return f"Migration warehouse: run of '{job}' failed", [f"Run {run_id}", f"Failed: {', '.join(steps) or 'before any step'}"]


def _post(subject: str, lines: Sequence[str]) -> bool:
    if not (address := os.environ.get(WEBHOOK)):
        return False
    body = json.dumps({"text": "\n".join([subject, *lines])}).encode()
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        return True


def _mail(subject: str, lines: Sequence[str]) -> bool:
    host, sender, receivers = (os.environ.get(name) for name in (SMTP_HOST, SMTP_FROM, SMTP_TO))
    if not (host and sender and receivers):
        return False
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, sender, receivers
    message.set_content("\n".join(lines))
    name, _, port = host.partition(":")
    with smtplib.SMTP(name, int(port or 25), timeout=TIMEOUT_SECONDS) as server:
        server.send_message(message)
    return True
