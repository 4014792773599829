import { parseArgs } from 'node:util';

export interface Options {
  /** Stop everything when the main job is done. */
  readonly once: boolean;
  /** One summary object on standard output, everything else on standard error. */
  readonly json: boolean;
  readonly help: boolean;
}

export const usage = `Usage: npm start [-- options]

Runs Stemma on this machine: event store, Postgres, the processes, and the examples through their whole life,
then their active versions in containers on real data.
It stays up until Ctrl-C; all state is kept in .stemma/.

  --once   stop everything after the examples; exit code 0 when every step worked
  --json   print one summary object at the end, on standard output, and nothing else there
  --help   this text

With EVENTSTORE_URL, DATABASE_URL, REDIS_URL or DOCKER_HOST set, those servers are used. All settings: docs/configuration.md
`;

/** @throws TypeError on an option that does not exist, in words for people */
export function readOptions(args: readonly string[]): Options {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { once: flag, json: flag, help: { ...flag, short: 'h' } },
    strict: true,
  });
  return values;
}
