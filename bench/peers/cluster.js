// One of several lean Socket.IO processes: ioredis, and a partner on the same process is reached without Redis.
// Usage: node cluster.js PORT REDIS_PORT
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { PAIR_OR_WAIT, serve } from "./pairing.js";

const [port, redisPort] = process.argv.slice(2).map(Number);
// Without automatic pipelining: measured, it costs this work a third more (docs/benchmarks.md).
const redis = new Redis(redisPort, "127.0.0.1");
const io = new Server(port, {
  transports: ["websocket"],
  serveClient: false,
  adapter: createAdapter(redis, redis.duplicate()),
});
redis.defineCommand("pairOrWait", { numberOfKeys: 1, lua: PAIR_OR_WAIT });

serve(io, {
  pairOrWait: (id, last) => redis.pairOrWait("waiting", id, last),
  stopWaiting: (id) => redis.lrem("waiting", 1, id),
  relay(id, event, message) {
    const socket = io.sockets.sockets.get(id);
    if (socket) socket.emit(event, message);
    else io.to(id).emit(event, message);
  },
});
