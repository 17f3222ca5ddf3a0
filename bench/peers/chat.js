// A conversation is a room, and who connects joins theirs, so they are in it again when they come back.
// Usage: node chat.js PORT REDIS_PORT   one of several processes with the Redis adapter
//        node chat.js PORT              one process with connection state recovery, which the Redis adapter lacks
import { Server } from "socket.io";
import { connect } from "./redis-adapter.js";

const [port, redisPort] = process.argv.slice(2).map(Number);
const options = redisPort ? { adapter: (await connect(redisPort)).adapter } : { connectionStateRecovery: {} };
const io = new Server({ transports: ["websocket"], ...options });

io.on("connection", (socket) => {
  const { room } = socket.handshake.auth;
  socket.join(room);
  socket.on("chat", (line) => socket.to(room).emit("chat", line));
});
io.listen(port);
