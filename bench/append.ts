import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import type { Bench, BenchOptions } from './bench.js';
import { watchCores } from './cores.js';
import { closedLoop } from './load.js';
import { startParts, type Parts } from './parts.js';
import { median, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';
import { type BenchScript, commandsPerSecond, createScripts, oneKilobyte } from './scripts.js';

const keys = 1_000;
const atOnce = 64;
const rounds = 5;

interface Subject {
  readonly parts: Parts;
  readonly rest: Rest;
  readonly scripts: readonly BenchScript[];
  readonly client: EventStoreDBClient;
}

/** Appends per second through the client alone: 1 KB events, each at the exact revision of one of 1 000 streams. */
function rawPerSecond({ client }: Subject, run: string, seconds: number): Promise<number> {
  const ofLane = Math.floor(keys / atOnce);
  return closedLoop({ lanes: atOnce, seconds }, async (lane, round) => {
    const stream = `bench-${run}.${lane}-${round % ofLane}`;
    const before = Math.floor(round / ofLane) - 1;
    const expectedRevision = before < 0 ? NO_STREAM : BigInt(before);
    const event = jsonEvent({ id: randomUUID(), type: 'Measured', data: { description: oneKilobyte() } });
    await client.appendToStream(stream, event, { expectedRevision });
  });
}

/** Raw and command rounds by turns, so that a slow minute of the machine slows both. */
async function measure(subject: Subject, seconds: number) {
  const raw: number[] = [];
  const commands: number[] = [];
  let cores: Record<string, Readonly<Record<string, number>>> = {};
  for (let round = 0; round < rounds; round += 1) {
    const rawCores = watchCores(subject.parts.processes);
    raw.push(await rawPerSecond(subject, `${randomUUID()}`, seconds));
    const raws = rawCores();
    const commandCores = watchCores(subject.parts.processes);
    commands.push(await commandsPerSecond(subject.rest, subject.scripts, atOnce, seconds));
    cores = { raw: raws, commands: commandCores() };
  }
  return { raw, commands, cores };
}

async function run({ seconds, profileTo }: BenchOptions) {
  const parts = await startParts(profileTo);
  const rest = openRest(parts.apiUrl, parts.authorKey, atOnce);
  const client = EventStoreDBClient.connectionString(parts.eventstoreUrl);
  try {
    const scripts = await createScripts(rest, keys);
    const subject = { parts, rest, scripts, client };
    await rawPerSecond(subject, randomUUID(), seconds);
    await commandsPerSecond(rest, scripts, atOnce, seconds);
    const { raw, commands, cores } = await measure(subject, seconds);
    const [rawPerS, commandsPerS] = [median(raw), median(commands)];
    return {
      figures: {
        rawPerS: rounded(rawPerS),
        commandsPerS: rounded(commandsPerS),
        ratio: rounded(commandsPerS / rawPerS),
      },
      setting: {
        command: 'PATCH /v1/scripts/{slug}: 1 KB of description, If-Match, Idempotency-Key, author’s key',
        raw: '1 KB events through @eventstore/db-client at exact revisions',
        keys: `${keys} scripts, ${keys} streams`,
        atOnce: String(atOnce),
        beside: 'projector and Postgres, following along',
        rounds: `${rounds} of each by turns, ${seconds} s each, medians; spread ${spread(raw)} raw, ${spread(commands)} commands`,
      },
      cores,
    };
  } finally {
    rest.close();
    await client.dispose();
    await parts.stop();
  }
}

const spread = (values: readonly number[]): string =>
  `${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))}/s`;

export const append: Bench = {
  about: 'commands through the API against raw appends: details changes of 1 KB, 64 at a time',
  run,
};
