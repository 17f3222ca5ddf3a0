// What two Socket.IO processes do that pair visitors with each other; a Redis list is their queue.
import { randomUUID } from "node:crypto";

// One step, so that two processes never take the same visitor: the first who waits and is not the last partner,
// or else wait myself.
export const PAIR_OR_WAIT = `
  local other = redis.call("LPOP", KEYS[1])
  if other == ARGV[2] then
    local second = redis.call("LPOP", KEYS[1])
    redis.call("LPUSH", KEYS[1], other)
    other = second
  end
  if not other then redis.call("RPUSH", KEYS[1], ARGV[1]) end
  return other`;

// `pairOrWait(id, last)` runs the script above, `stopWaiting(id)` removes a visitor from the list, and
// `relay(id, event, message)` sends a frame to the partner, wherever they are.
export function serve(io, { pairOrWait, stopWaiting, relay }) {
  const here = (id) => io.sockets.sockets.get(id);

  async function search(socket) {
    socket.emit("searching", { stage: 1 });
    const partner = await pairOrWait(socket.id, socket.data.last ?? "");
    if (!partner) return;
    const match = randomUUID();
    begin(socket, { match, partner, polite: false });
    tell(partner, "paired", { match, partner: socket.id, polite: true });
  }

  // State about a visitor lives in the process that holds the socket; the others tell it.
  function tell(id, event, message) {
    const socket = here(id);
    if (socket) local[event](socket, message);
    else io.serverSideEmit(event, id, message);
  }

  function begin(socket, { match, partner, polite }) {
    socket.data.match = match;
    socket.data.partner = socket.data.last = partner;
    socket.emit("matched", { match, polite, partner: { languages: socket.data.wish.languages } });
  }

  function parted(socket, { match, reason }) {
    if (socket.data.match !== match) return;
    socket.data.match = socket.data.partner = undefined;
    socket.emit("ended", { match, reason });
    search(socket);
  }

  // Who vanishes in the instant of being paired is not noticed: a cure would cost this side more work.
  const local = { paired: begin, parted };
  for (const [event, act] of Object.entries(local)) {
    io.on(event, (id, message) => {
      const socket = here(id);
      if (socket) act(socket, message);
    });
  }

  function leave(socket, reason) {
    const { match, partner } = socket.data;
    socket.data.match = socket.data.partner = undefined;
    if (partner) tell(partner, "parted", { match, reason });
  }

  listen(io, { search, leave, relay, stopWaiting });
}

// What every server here answers its visitors. A partner is whatever `relay` takes.
export function listen(io, { search, leave, relay, stopWaiting }) {
  io.on("connection", (socket) => {
    socket.on("find", (wish) => {
      socket.data.wish = wish;
      leave(socket, "next");
      search(socket);
    });
    socket.on("next", ({ match }) => {
      if (match !== socket.data.match) return;
      leave(socket, "next");
      search(socket);
    });
    for (const event of ["description", "candidates"]) {
      socket.on(event, (message) => {
        if (message.match === socket.data.match) relay(socket.data.partner, event, message);
      });
    }
    socket.on("disconnect", () => {
      stopWaiting(socket.id);
      leave(socket, "lost");
    });
  });
}
