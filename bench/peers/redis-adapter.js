// The Redis adapter with the `redis` package, as its documentation sets it up:
// https://socket.io/docs/v4/redis-adapter/#with-the-redis-package
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";

// Returns the client that publishes, which also serves other commands, and the adapter.
export async function connect(redisPort) {
  const pubClient = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  const subClient = pubClient.duplicate();
  await Promise.all([pubClient.connect(), subClient.connect()]);
  return { redis: pubClient, adapter: createAdapter(pubClient, subClient) };
}
