// One Socket.IO process with its queue in memory. Usage: node single.js PORT
import { randomUUID } from "node:crypto";
import { Server } from "socket.io";

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
  if (!partner) return;
  partner.data.match = partner.data.partner = undefined;
  partner.emit("ended", { match, reason });
  search(partner);
}

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
      if (message.match === socket.data.match) socket.data.partner?.emit(event, message);
    });
  }
  socket.on("disconnect", () => {
    waiting.delete(socket.id);
    leave(socket, "lost");
    socket.data.last = undefined;
  });
});
