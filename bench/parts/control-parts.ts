import { choosePort } from '@stemma/local/servers';
import { answers, ready, start, type Started, startedAgain } from './start-part.js';

export type PartName =
  'worker' | 'redis' | 'docker' | 'projector' | 'second-projector' | 'api' | 'postgres' | 'event-node';

/** What can be done to parts while they work. */
export interface Controls {
  /** kill -9, and the same program again; ready when it answers. */
  readonly crash: (name: PartName) => Promise<void>;
  /** kill -9, or another signal that ends it; resolves when it is gone. */
  readonly halt: (name: PartName, signal?: NodeJS.Signals) => Promise<void>;
  /** Starts again what was halted; ready when it answers. */
  readonly revive: (name: PartName) => Promise<void>;
  /** SIGSTOP, SIGCONT. */
  readonly signal: (name: PartName, signal: NodeJS.Signals) => void;
  /** One more projector, on a port of its own: it answers, and waits for what the first one holds. */
  readonly startSecondProjector: () => Promise<void>;
}

/** Ends and starts parts. One that is to be ended and had ended by itself goes to `fallen`: `stop` tells of it. */
export function controlling(started: Started[], fallen: Started[]): Controls {
  const find = (name: string): Started => {
    const part = started.findLast((one) => one.name === name);
    if (part) return part;
    throw new Error(`There is no ${name} among the parts.`);
  };
  const signal = (name: string, what: NodeJS.Signals): void =>
    void process.kill(find(name).guarded.pid, what);
  const halted = new Map<string, Started>();
  const halt = async (name: string, what: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const part = find(name);
    started.splice(started.indexOf(part), 1);
    halted.set(name, part);
    if (part.ended()) return void fallen.push(part);
    process.kill(part.guarded.pid, what);
    await part.guarded.exited;
  };
  const revive = async (name: string): Promise<void> => {
    const part = halted.get(name);
    if (part) started.push(await startedAgain(part.program, part.isReady));
  };
  return {
    signal,
    halt,
    revive,
    crash: async (name) => {
      await halt(name);
      await revive(name);
    },
    startSecondProjector: async () => {
      const port = await choosePort(0);
      const { program } = find('projector');
      const env = { ...program.env, STEMMA_PROJECTOR_PORT: String(port) };
      const isReady = answers(`http://127.0.0.1:${port}/health/live`);
      const second = await start({ ...program, name: 'second-projector', env }, isReady);
      started.push(second);
      await ready(second);
    },
  };
}
