// One Socket.IO process with its queue in memory. Usage: node single.js PORT
import { randomUUID } from "node:crypto";
import { Server } from "socket.io";
import { listen } from "./pairing.js";

const io = new Server(Number(process.argv[2]), { transports: ["websocket"], serveClient: false });
const waiting = new Map(); // socket id → socket, in the order of arrival

function firstOther(socket) {
  for (const other of waiting.values()) {
    if (other !== socket.data.last) return other;
  }
}

function search(socket) {
  socket.emit("searching", { waiting: waiting.size, stage: 1 });
  const partner = firstOther(socket);
  if (!partner) return waiting.set(socket.id, socket);
  waiting.delete(partner.id);
  const match = randomUUID();
  begin(socket, partner, match, false);
  begin(partner, socket, match, true);
}

function begin(socket, partner, match, polite) {
  socket.data.match = match;
  socket.data.partner = socket.data.last = partner;
  socket.emit("matched", { match, polite, partner: { languages: partner.data.wish.languages } });
}

function leave(socket, reason) {
  const { match, partner } = socket.data;
  socket.data.match = socket.data.partner = undefined;
  if (reason === "lost") socket.data.last = undefined; // or sockets that are gone would keep each other in memory
  if (!partner) return;
  partner.data.match = partner.data.partner = undefined;
  partner.emit("ended", { match, reason });
  search(partner);
}

listen(io, {
  search,
  leave,
  relay: (partner, event, message) => partner?.emit(event, message),
  stopWaiting: (id) => waiting.delete(id),
});
