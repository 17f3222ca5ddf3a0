// Visitors who talk in pairs while their connections are cut. socket.io-client reconnects and buffers by default.
// The plan comes as one line of JSON, then "go"; "ready" and the outcome go out (bench/drops/socket_io_talkers.py).
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plan = JSON.parse((await input.next()).value);
const outcome = { said: [], heard: [], absences: [] };
const cutAt = new Map(); // visitor → when their connection was cut, until they are back
let lastHeard = performance.now();

const anyOrigin = () => plan.origins[Math.floor(Math.random() * plan.origins.length)];

function visitor(number) {
  const socket = io(anyOrigin(), {
    transports: ["websocket"],
    forceNew: true, // otherwise all visitors of an origin would share one connection
    auth: { room: `${Math.floor(number / 2)}` },
  });
  // A load balancer would choose anew, too.
  socket.io.on("reconnect_attempt", () => (socket.io.uri = anyOrigin()));
  socket.on("connect", () => {
    if (!cutAt.has(number)) return;
    outcome.absences.push((performance.now() - cutAt.get(number)) / 1000);
    cutAt.delete(number);
  });
  socket.on("chat", (line) => {
    outcome.heard.push(line);
    lastHeard = performance.now();
  });
  return socket;
}

const sockets = [];
for (let number = 0; number < plan.visitors; number++) {
  sockets.push(visitor(number));
  if (number % 32 === 31) await once(sockets[number], "connect");
}
while (!sockets.every((socket) => socket.connected)) await sleep(20);
console.log("ready");
await input.next();

const act = {
  say(number, line) {
    outcome.said.push(line);
    sockets[number].emit("chat", line);
  },
  cut(number) {
    if (!sockets[number].connected) return;
    cutAt.set(number, performance.now());
    sockets[number].io.engine.transport.ws.terminate();
  },
};

const start = performance.now();
for (const [at, what, number, line] of plan.acts) {
  const early = start + 1000 * at - performance.now();
  if (early > 1) await sleep(early);
  act[what](number, line);
}

// Until all are back and everything is heard, or nothing more comes.
const stopped = performance.now();
const quietSince = () => Math.max(stopped, lastHeard);
while (cutAt.size || new Set(outcome.heard).size < outcome.said.length) {
  if (performance.now() > quietSince() + 1000 * plan.quiet) break;
  await sleep(20);
}
await sleep(1000 * plan.repeats); // for what comes twice
outcome.missing = cutAt.size;
console.log(JSON.stringify(outcome));
await input.next(); // until standard input is closed
process.exit();
