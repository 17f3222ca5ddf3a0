"""An administrator sees how alarms are sent, and tries it: in the console and by the command."""

import asyncio
import base64
import json

from protos import reports_pb2 as pb
from services.reports.core.alarms import SENTENCES, AlarmRule
from services.reports.core.roles import Role

from ...servers import free_port
from ...timing import scaled
from ..alarm_servers import webhook_receiver
from ..reports_service import NO_NATS, TOKEN, ReportsReplica, reports_service
from ..zufall_command import ZufallCommand
from .api_moderator import logged_in
from .test_cases import file

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


async def test_without_settings_nobody_is_told_and_both_say_so(
    replica: ReportsReplica, zufall: ZufallCommand
) -> None:
    async with logged_in(replica, "ann", Role.ADMIN) as ann:
        assert (await ann.get("/alarms")).content == {"channels": []}
        assert (await ann.post("/alarms/test")).content == {"results": []}
    access = {"ZUFALL_REPORTS": replica.address, "ZUFALL_MODERATOR_TOKEN": TOKEN}
    assert (await zufall("moderator", "alarms", **access))[0] == 0
    status, said, complaint = await zufall("moderator", "alarms", "--test", **access)
    assert (status, complaint) == (1, "zufall: no test message was sent\n")
    assert "nobody is told of alarms: set ZUFALL_ALARM_WEBHOOK or ZUFALL_ALARM_MAIL\n" in said


async def test_a_report_of_a_minor_is_told_and_a_test_says_what_fails(
    replica: ReportsReplica, zufall: ZufallCommand
) -> None:
    met = await file(replica, reason=pb.REASON_MINOR, note="she is a child")
    async with webhook_receiver() as receiver:
        settings = {
            "ZUFALL_SITE_NAME": "Plaza",
            "ZUFALL_ALARM_WEBHOOK": receiver.url,
            "ZUFALL_ALARM_WEBHOOK_SECRET": SECRET,
            "ZUFALL_ALARM_MAIL": "ann@plaza.example",
            "ZUFALL_SMTP_HOST": f"localhost:{free_port()}",
        }
        async with (
            reports_service(replica.database, NO_NATS, **settings) as alarming,
            logged_in(alarming, "ann", Role.ADMIN) as ann,
        ):
            async with asyncio.timeout(scaled(60)):
                _, body = await receiver.arrived.get()
            told = json.loads(body)
            assert (told["type"], told["data"]["site"], told["data"]["count"]) == ("alarm.minor", "Plaza", 1)
            assert told["data"]["console"] == f"{alarming.console}/console#queue"
            assert met.accused not in body.decode()
            assert "child" not in body.decode()

            results = (await ann.post("/alarms/test")).content["results"]
            assert [(one["name"], one["problem"]) for one in results] == [
                ("webhook", ""),
                ("mail", "no connection to the mail server was possible"),
            ]
            _, body = receiver.arrived.get_nowait()
            assert json.loads(body)["data"]["text"] == SENTENCES[AlarmRule.TEST]
            (entry,) = (await ann.get("/audit?limit=1")).content["entries"]
            assert (entry["actor"], entry["action"]) == ("ann", "alarms.tested")
            assert entry["details"]["webhook"] == "delivered"

            access = {"ZUFALL_REPORTS": alarming.address, "ZUFALL_MODERATOR_TOKEN": TOKEN}
            status, said, complaint = await zufall("moderator", "alarms", "--test", "--as", "bob", **access)
            assert (status, complaint) == (1, "zufall: the test message did not arrive by mail\n")
            assert "webhook: delivered (localhost)\n" in said
            (entry,) = (await ann.get("/audit?limit=1")).content["entries"]
            assert (entry["actor"], entry["action"]) == ("bob (moderator token)", "alarms.tested")
            status, said, _ = await zufall("moderator", "alarms", "--json", **access)
            webhook, mail = json.loads(said[said.index("[\n") :])
            assert (webhook["delivered"] is None, webhook["target"]) == (False, "localhost")
            assert (mail["waiting"], mail["problem"]) == (1, "no connection to the mail server was possible")
