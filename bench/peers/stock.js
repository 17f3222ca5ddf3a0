// One of several Socket.IO processes as the documentation of the Redis adapter starts them: each frame for a partner
// is an `io.to(id).emit(…)`, which the adapter publishes to all processes.
// Usage: node stock.js PORT REDIS_PORT
import { Server } from "socket.io";
import { PAIR_OR_WAIT, serve } from "./pairing.js";
import { connect } from "./redis-adapter.js";

const [port, redisPort] = process.argv.slice(2).map(Number);
const { redis, adapter } = await connect(redisPort);
const io = new Server({ transports: ["websocket"], adapter });

serve(io, {
  pairOrWait: (id, last) => redis.eval(PAIR_OR_WAIT, { keys: ["waiting"], arguments: [id, last] }),
  stopWaiting: (id) => redis.lRem("waiting", 1, id),
  relay: (id, event, message) => io.to(id).emit(event, message),
});
io.listen(port);
