"""The grammar of descriptions knows what the installed browser writes, which changes with its version."""

import pytest
from playwright.async_api import Browser

from services.signaling.core.sdp import parse_sdp, write_sdp

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OFFER_AND_ANSWER = """async () => {
  const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
  for (const kind of ["audio", "video"]) one.addTransceiver(kind);
  one.createDataChannel("data");
  const offer = await one.createOffer();
  await one.setLocalDescription(offer);
  await other.setRemoteDescription(offer);
  const answer = await other.createAnswer();
  await one.setRemoteDescription(answer);
  one.restartIce();
  const descriptions = [offer, answer, await one.createOffer()];
  for (const connection of [one, other]) connection.close();
  return descriptions.map(({ sdp }) => sdp);
}"""


async def test_the_gateway_relays_a_description_of_this_browser_unchanged(chromium: Browser) -> None:
    page = await chromium.new_page()
    descriptions = await page.evaluate(OFFER_AND_ANSWER)
    await page.close()
    assert len(descriptions) == 3
    assert [write_sdp(parse_sdp(sdp)) for sdp in descriptions] == descriptions
