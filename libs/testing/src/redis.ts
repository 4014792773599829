import { choosePort, prepareRedis } from '@stemma/local/servers';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOwnServer } from './own-server.js';
import type { OwnServer } from './own-server.js';

/** A real Redis 7 of this spec's own: it may be flushed, crashed and restarted. With `durable` it keeps its data. */
export async function startRedis({ durable = false } = {}): Promise<OwnServer> {
  const dir = mkdtempSync(join(tmpdir(), 'stemma-redis-'));
  const server = await startOwnServer(prepareRedis({ dir, port: await choosePort(0), durable }));
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
