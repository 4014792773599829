import { startGuarded } from '@stemma/local/servers';
import type { Guarded, Server } from '@stemma/local/servers';

/** A server of a spec's own, which it may also ruin. */
export interface OwnServer {
  readonly url: string;
  /** kill -9, as a power cut would: resolves when it is gone. */
  readonly crash: () => Promise<void>;
  /** Asks it to stop, as its system would: resolves when it is gone. */
  readonly halt: () => Promise<void>;
  /** Starts it again with the same data at the same place; resolves when it answers. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

async function launch(server: Server): Promise<Guarded> {
  const running = await startGuarded(server.program);
  // A spec that failed before its `stop` must not keep the run from ending.
  running.unref();
  let output = '';
  const keep = (chunk: unknown): void => void (output = (output + String(chunk)).slice(-2_000));
  running.stdout.on('data', keep);
  running.stderr.on('data', keep);
  const ended = running.exited.then(({ code }) => {
    throw new Error(`${server.program.name} ended with code ${code}: ${output}`);
  });
  // Its later end, wanted or not, is nobody's fault here.
  ended.catch(() => undefined);
  await Promise.race([server.ready(), ended]);
  return running;
}

/** Starts `server` for one spec; it ends at the latest with this process. */
export async function startOwnServer(server: Server): Promise<OwnServer> {
  let running = await launch(server);
  return {
    url: server.url,
    crash: async () => {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    halt: async () => void (await running.stop()),
    restart: async () => {
      await running.stop();
      running = await launch(server);
    },
    stop: async () => void (await running.stop()),
  };
}
