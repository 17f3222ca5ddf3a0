"""Hypothesis acts on gateways and replicas. Invariants 1, 2, 3 and 6 hold, and nobody is lost."""

from collections import Counter
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.contract.ids import VisitorId, random_id
from services.contract.rate_limit import Rate
from services.matcher.core.tickets import POOLS, Pool
from services.signaling.core.messages import Mode
from services.signaling.core.session import ACCEPT_TIMEOUT
from services.signaling.shell.adapters.matcher_stream import MODES
from services.signaling.shell.hub import Hub

from ..in_memory.cluster import InMemoryCluster
from ..in_memory.matcher import Link
from .browsers import Browser, Storage

VISITORS = 4
SEARCHES = Rate(per_second=0.5, burst=2)

whom = st.integers(0, VISITORS - 1)
which = st.integers(0, 30)


class Machine(RuleBasedStateMachine):
    """Four people act at random, sockets and replicas break, and messages are delayed."""

    hub: type[Hub] = Hub

    @initialize(gateways=st.sampled_from([2, 3, 1]), replicas=st.integers(1, 2))
    def start(self, gateways: int, replicas: int) -> None:
        self.cluster = InMemoryCluster(replicas, SEARCHES, hub_type=self.hub)
        self.network = self.cluster.network
        self.names = map("gateway-{}".format, count())
        for _ in range(gateways):
            self.cluster.hub(next(self.names))
        self.visitors = [VisitorId(random_id()) for _ in range(VISITORS)]
        self.storages = [Storage() for _ in range(VISITORS)]
        self.browsers: dict[int, Browser] = {}
        self.formers: list[Browser] = []
        """Pages that another page of the same visitor replaced."""
        self.gone: list[Browser] = []
        """Pages that were closed, with the memories they leave behind."""
        for number in range(VISITORS):
            self.connect(number, number)

    # --- visitors ----------------------------------------------------------------------------------

    @rule(number=whom, gateway=which)
    def connect(self, number: int, gateway: int) -> None:
        """Open a page, maybe beside an older one, at the same gateway or at another one."""
        self.cluster.wait(0.001)
        former = self.browsers.pop(number, None)
        if former is not None:
            self.formers.append(former)
        self._open(number, self._hub(gateway))

    def _open(self, number: int, hub: Hub) -> None:
        """Open a page with the newest epoch and memory of its visitor, which all their pages share."""
        visitor = self.visitors[number]
        pages = [page for page in (*self.gone, *self.formers) if page.visitor == visitor]
        memory = pages[-1].memory if pages else ""
        self.browsers[number] = Browser(self.cluster, hub, visitor, self.storages[number], memory)

    @rule(number=whom)
    def leave(self, number: int) -> None:
        if number in self.browsers:
            self._close(number)

    def _close(self, number: int) -> None:
        page = self.browsers.pop(number)
        page.go()
        self.gone.append(page)

    @rule(number=whom)
    def lose_socket(self, number: int) -> None:
        if browser := self._online(number):
            browser.loses_socket()

    @rule(number=whom, gateway=which)
    def come_back(self, number: int, gateway: int) -> None:
        """Let the page dial again, at the same gateway or at another one, mostly after it lost its socket."""
        browser = self.browsers.get(number)
        if browser is not None and not browser.closed and not browser.online:
            browser.come_back(self._hub(gateway))

    @rule(number=whom)
    def go_back(self, number: int) -> None:
        if browser := self._online(number):
            browser.go_back()

    @rule(number=whom, mode=st.sampled_from(["video", "video", "text"]))
    def find(self, number: int, mode: Mode) -> None:
        if browser := self._online(number):
            browser.find(mode)

    @rule(number=whom)
    def next(self, number: int) -> None:
        if browser := self._online(number):
            browser.next()

    @rule(number=whom)
    def stop(self, number: int) -> None:
        if browser := self._online(number):
            browser.stop()

    @rule()
    def talk(self) -> None:
        for number in self.browsers:
            if browser := self._online(number):
                browser.talk()

    @rule(number=whom, match=which)
    def block(self, number: int, match: int) -> None:
        if browser := self._online(number):
            browser.block(match)

    @rule(number=whom)
    def change_standing(self, number: int) -> None:
        """Restrict a visitor or lift that, and tell all gateways."""
        visitor = self.visitors[number]
        restricted = self.cluster.standings.restricted(visitor, 0)
        self.cluster.standings.decide(visitor, "good" if restricted else "restricted")
        if not restricted:
            for hub in self.cluster.hubs.values():
                hub.on_standing(visitor, 0)

    @rule(number=whom)
    def ban(self, number: int) -> None:
        """Ban somebody for a moment, after which they may come back."""
        if browser := self._online(number):
            self.gone.append(self.browsers.pop(number))
            self.cluster.standings.decide(browser.visitor, "banned")
            browser.hub.on_standing(browser.visitor, 0)
            self.cluster.standings.decide(browser.visitor, "good")
            assert browser.closed

    # --- the world ---------------------------------------------------------------------------------

    @rule(queue=which, times=st.integers(1, 6))
    def deliver(self, queue: int, times: int) -> None:
        for _ in range(times):
            if waiting := self.network.waiting():
                self.network.deliver(waiting[queue % len(waiting)])

    @precondition(lambda self: self.network.lossy())
    @rule(queue=which)
    def lose(self, queue: int) -> None:
        lossy = self.network.lossy()
        self.network.lose(lossy[queue % len(lossy)])

    @rule(seconds=st.sampled_from([0.05, 0.3, ACCEPT_TIMEOUT, 5.0, 30.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.cluster.wait(seconds)
        for browser in self.browsers.values():
            browser.tick()

    @rule(gateway=which)
    def bus_back(self, gateway: int) -> None:
        """Tell the gateway that NATS was away and is back."""
        self._hub(gateway).on_bus_reconnected()

    @rule(gateway=which, number=which)
    def mistake(self, gateway: int, number: int) -> None:
        """Let a gateway take a living one for dead, and then get its heartbeat again."""
        hub, other = self._hub(gateway), self._hub(number)
        if hub is not other:
            hub.on_gateway_lost(other.gateway)
            hub.on_gateway_back(other.gateway)

    @rule(gateway=which)
    def kill(self, gateway: int) -> None:
        """Kill a gateway, and start another. The others notice it at some later time."""
        victim = self._hub(gateway)
        for browser in (*self.browsers.values(), *self.formers):
            if browser.hub is victim and browser.online:
                browser.lose_gateway()
        self.cluster.kill(victim)
        self.cluster.report_silence(victim)
        self.cluster.hub(next(self.names))

    @rule(replica=which)
    def crash(self, replica: int) -> None:
        """Restart a replica. The gateways notice it at some later time."""
        self.cluster.replicas[replica % len(self.cluster.replicas)].crash()

    @rule(link=which)
    def cut(self, link: int) -> None:
        self._link(link).cut()

    @rule(link=which)
    def notice(self, link: int) -> None:
        if self._link(link).ready:
            self._link(link).notice()

    @rule(link=which)
    def open(self, link: int) -> None:
        self._link(link).open()

    @rule(steps=st.lists(st.tuples(which, st.integers(0, 3)), max_size=16))
    def crowd(self, steps: list[tuple[int, int]]) -> None:
        """Let everybody search in a calm network, because most runs would see few matches otherwise."""
        self.settle()
        self.cluster.wait(61.0)
        for number in range(VISITORS):
            if number not in self.browsers:
                self.connect(number, number)
            self.browsers[number].find()
        for queue, luck in steps:
            if luck == 0 and self.network.lossy():
                self.lose(queue)
            else:
                self.deliver(queue, 1)

    @rule()
    def reload(self) -> None:
        """Let everybody reload the page and search. Former partners must not meet again."""
        for number, former in list(self.browsers.items()):
            self._close(number)
            alive = former.hub.gateway in self.cluster.hubs
            self._open(number, former.hub if alive else self._hub(number))
            self.browsers[number].find()
        self.settle()

    @rule()
    def settle(self) -> None:
        """Repair all links and sockets, deliver everything, and check that all agree soon."""
        for link in self.cluster.links:
            if not (link.alive and link.ready):
                link.open()
        for number, browser in list(self.browsers.items()):
            if not browser.online and browser.closed is None:
                browser.come_back(self._hub(number))
        for _ in range(45):  # the longest delay of a repeat, and some more
            self.cluster.wait(0)
            self.network.deliver_all()
            try:
                self._agree()
            except AssertionError:
                self.cluster.wait(1.0)
                for browser in self.browsers.values():
                    browser.tick()
            else:
                return
        self._agree()

    def teardown(self) -> None:
        if hasattr(self, "cluster"):
            self.settle()

    def _agree(self) -> None:
        pages: dict[VisitorId, list[Browser]] = {}
        for browser in (*self.browsers.values(), *self.formers):
            if browser.online:
                pages.setdefault(browser.visitor, []).append(browser)
        assert all(len(of_one) == 1 for of_one in pages.values()), "at two gateways"
        # An older page may prevail when the later one left before it was heard of.
        self.browsers = {self.visitors.index(visitor): page for visitor, (page,) in pages.items()}
        self.formers.clear()
        browsers = list(self.browsers.values())
        for browser in browsers:
            browser.check(browsers)
        searching: Counter[Pool] = Counter()
        for browser in browsers:
            if browser.summary.phase == "searching" and not browser.held:
                restricted = self.cluster.standings.restricted(browser.visitor, 0)
                ticket = browser.hub._pending.get(browser.summary.ticket)
                assert ticket is not None
                searching[POOLS[MODES[ticket.wish.mode], restricted]] += 1
        waiting: Counter[Pool] = Counter()
        for replica in self.cluster.replicas:
            waiting.update(replica.room.waiting())
        assert +waiting == searching, "somebody waits in a pool of others, or for nobody"

    def _online(self, number: int) -> Browser | None:
        """Return the visitor's page if it was welcomed on its present socket."""
        browser = self.browsers.get(number)
        return browser if browser is not None and browser.online and browser.welcomed else None

    def _hub(self, number: int) -> Hub:
        hubs = list(self.cluster.hubs.values())
        return hubs[number % len(hubs)]

    def _link(self, number: int) -> Link:
        return self.cluster.links[number % len(self.cluster.links)]
