import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { randomUUID } from 'node:crypto';
import type { Bench, BenchOptions, Report } from './bench.js';
import { perCall, watchCores } from './cores.js';
import { closedLoop } from './load.js';
import { startParts, type Parts } from './parts.js';
import { median, rounded } from './quantile.js';
import { openRest, type Rest } from './rest.js';
import {
  type BenchScript,
  commandsPerSecond,
  createScripts,
  isAfter,
  oneKilobyte,
  untilVisible,
} from './scripts.js';

const atOnce = 64;
const rounds = 5;
const CATCH_UP_MS = 60_000;

interface Subject {
  readonly parts: Parts;
  readonly rest: Rest;
  readonly scripts: readonly BenchScript[];
  readonly client: EventStoreDBClient;
}

/**
 * Appends per second through the client alone: 1 KB events, each at the exact revision of one of as many streams as there
 * are scripts. They are system events, which the projector does not ask for: at others it would rightly stop, for it does
 * not know them.
 */
function rawPerSecond({ client, scripts }: Subject, seconds: number): Promise<number> {
  const run = randomUUID();
  const ofLane = Math.ceil(scripts.length / atOnce);
  return closedLoop({ lanes: atOnce, seconds }, async (lane, round) => {
    const stream = `bench-${run}.${lane}-${round % ofLane}`;
    const before = Math.floor(round / ofLane) - 1;
    const expectedRevision = before < 0 ? NO_STREAM : BigInt(before);
    const event = jsonEvent({ id: randomUUID(), type: '$measured', data: { description: oneKilobyte() } });
    await client.appendToStream(stream, event, { expectedRevision });
  });
}

/** Milliseconds until the read model shows the last command, so that the next round finds a projector at rest. */
async function catchUp({ rest, scripts }: Subject): Promise<number> {
  const started = performance.now();
  const last = scripts.reduce((one, other) => (isAfter(other, one) ? other : one));
  await untilVisible(rest, last, CATCH_UP_MS);
  return performance.now() - started;
}

interface Round {
  readonly raw: number;
  readonly commands: number;
  readonly behindMs: number;
  readonly cores: Report['cores'];
}

async function oneRound(subject: Subject, seconds: number): Promise<Round> {
  const rawCores = watchCores(subject.parts.processes);
  const raw = await rawPerSecond(subject, seconds);
  const coresOfRaw = rawCores();
  const commandCores = watchCores(subject.parts.processes);
  const commands = await commandsPerSecond(subject.rest, subject.scripts, atOnce, seconds);
  const cores = { raw: perCall(coresOfRaw, raw), commands: perCall(commandCores(), commands) };
  return { raw, commands, behindMs: await catchUp(subject), cores };
}

async function run({ seconds, keys, profileTo }: BenchOptions): Promise<Report> {
  const parts = await startParts(profileTo);
  const rest = openRest(parts.apiUrl, parts.authorKey, atOnce);
  const client = EventStoreDBClient.connectionString(parts.eventstoreUrl);
  try {
    const subject = { parts, rest, client, scripts: await createScripts(rest, keys) };
    await oneRound(subject, seconds);
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round += 1) measured.push(await oneRound(subject, seconds));
    return report(measured, seconds, keys);
  } finally {
    rest.close();
    await client.dispose();
    await parts.stop();
  }
}

function report(measured: readonly Round[], seconds: number, keys: number): Report {
  const all = (figure: 'raw' | 'commands' | 'behindMs'): number[] => measured.map((round) => round[figure]);
  const [rawPerS, commandsPerS] = [median(all('raw')), median(all('commands'))];
  return {
    figures: {
      rawPerS: rounded(rawPerS),
      commandsPerS: rounded(commandsPerS),
      ratio: rounded(commandsPerS / rawPerS),
    },
    setting: {
      command: 'PATCH /v1/scripts/{slug}: 1 KB of description, If-Match, Idempotency-Key, author’s key',
      raw: '1 KB events through @eventstore/db-client at exact revisions',
      keys: `${keys} scripts, as many raw streams`,
      atOnce: String(atOnce),
      rounds: `${rounds} of each by turns after one to warm up, ${seconds} s each, medians`,
      spread: `${spread(all('raw'))} raw, ${spread(all('commands'))} commands`,
      beside: `projector and Postgres; all rows visible ${Math.round(Math.max(...all('behindMs')))} ms after a round's last answer, at worst`,
    },
    cores: measured.at(-1)?.cores ?? {},
  };
}

const spread = (values: readonly number[]): string =>
  `${Math.round(Math.min(...values))}–${Math.round(Math.max(...values))}/s`;

export const append: Bench = {
  about: 'commands through the API against raw appends: details changes of 1 KB, 64 at a time',
  run,
};
