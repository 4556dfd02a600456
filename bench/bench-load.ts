import { type BenchServer, percentile } from './bench-server.ts';
import type { RepeatedPost } from './http-client.ts';

/** Makes the calls over `connections` connections. Throws for an answer that is an error. */
export async function load(post: RepeatedPost, calls: number, connections: number): Promise<void> {
  let left = calls;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) {
        const reply = await post.send();
        if (reply.includes('"isError":true')) throw new Error(reply.toString('utf8').slice(0, 300));
      }
    }),
  );
}

/** Milliseconds of the server's processor time for each call. */
export async function cpuPerCall(
  server: BenchServer,
  post: RepeatedPost,
  calls: number,
  connections: number,
): Promise<number> {
  const before = await server.used();
  await load(post, calls, connections);
  return ((await server.used()).cpuMs - before.cpuMs) / calls;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
