import {
  AppendTooLarge,
  copyLog,
  type CopyProgress,
  CopyRefused,
  type CopyReport,
  type Difference,
  StoreUnavailable,
} from '@stemma/event-store';
import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import type { Session } from '../session/open-session.js';
import { layOutFields } from '../show/lay-out-table.js';
import { plain } from '../show/plain-text.js';
import type { Shown } from '../shown.js';
import { stemmaLog } from './log-identity.js';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly check?: boolean;
}

export function addLogCopyCommand(log: Command, perform: Perform): void {
  describeCommand(log, {
    usage: 'copy',
    help: [
      'Copy all application events to another event store, in order and byte for byte, and prove it by a digest.',
      'Killed or cut, it is given again and goes on where it stopped; after new events it brings over these.',
    ].join(' '),
    examples: [
      [
        'stemma log copy --from "esdb://127.0.0.1:2113?tls=false" --to esdb+discover://user:pass@cluster:2113',
        'exit code 0 when equal, 1 when not',
      ],
      ['stemma log copy --from … --to … --check', 'compare only, store nothing'],
    ],
  })
    .requiredOption('--from <url>', 'the event store to copy from')
    .requiredOption('--to <url>', 'the event store to copy to: empty, or a copy that was begun')
    .option('--check', 'compare both and store nothing')
    .action(perform(copy));
}

async function copy({ world, globals }: Session, { from, to, check = false }: Options): Promise<Shown> {
  for (const url of [from, to]) requireConnectionString(url);
  const onProgress = globals.json === true ? () => undefined : telling((line) => world.stderr.write(line));
  const options = { from, to, identity: stemmaLog, proveOnly: check, onProgress, signal: world.signal };
  const report = await copyLog(options).catch((error: unknown) => {
    throw failureOf(error);
  });
  return {
    data: toData(report),
    text: showReport(report),
    exitCode: report.proof.equal ? exitCodes.ok : exitCodes.refused,
  };
}

function requireConnectionString(url: string): void {
  if (/^(esdb|kurrentdb|kdb)(\+discover)?:\/\/\S+$/.test(url)) return;
  throw usageFailure(
    `A connection string begins with esdb:// or esdb+discover://, not with ${url.slice(0, 12)}.`,
  );
}

const PHASES: Readonly<Record<CopyProgress['phase'], string>> = {
  compare: 'there already',
  copy: 'copied',
  prove: 'read back and equal so far',
};
const EVERY_MS = 1_000;

/** A line now and then. */
function telling(write: (line: string) => void): (progress: CopyProgress) => void {
  let last = performance.now();
  return ({ phase, events }) => {
    if (events % 100 !== 0 || performance.now() - last < EVERY_MS) return;
    last = performance.now();
    write(`${events} events ${PHASES[phase]}\n`);
  };
}

function failureOf(error: unknown): unknown {
  const problem = (code: string, title: string) => ({ code, title, detail: reasonOf(error) });
  if (error instanceof CopyRefused) {
    return new Failure(exitCodes.conflict, problem(error.code, 'The log cannot be copied there'));
  }
  if (error instanceof AppendTooLarge) {
    return new Failure(
      exitCodes.refused,
      problem('append-too-large', 'The other event store takes less at once'),
    );
  }
  if (!(error instanceof StoreUnavailable)) return error;
  const { cause } = error;
  const detail = `An event store does not answer${cause === undefined ? '' : ` (${reasonOf(cause)})`}. Give the same command again: it goes on where it stopped.`;
  return new Failure(exitCodes.unavailable, {
    ...problem('event-store-unavailable', 'The copy was interrupted'),
    detail,
  });
}

const toData = ({ proof, ...counts }: CopyReport) => ({
  ...counts,
  equal: proof.equal,
  events: proof.events,
  digest: proof.digest,
  logs: proof.logs,
  position: proof.position === undefined ? null : String(proof.position),
  difference: proof.difference === undefined ? null : inData(proof.difference),
});

const inData = ({ from, to }: Difference) => ({
  from: from === undefined ? null : { ...from, revision: String(from.revision) },
  to: to === undefined ? null : { ...to, revision: String(to.revision) },
});

const placeOf = (event: Difference['from']): string =>
  event === undefined
    ? 'nothing more'
    : plain(`${event.type} ${event.id} at revision ${event.revision} of ${event.stream}`);

const showReport =
  ({ proof, copied, fillers, metadata, deleted }: CopyReport): Shown['text'] =>
  ({ paint }) => {
    const { events, digest, logs, difference, equal } = proof;
    const side = (count: number, sum: string, log: string | undefined): string =>
      `${count} events, sha256 ${sum}${log === undefined ? '' : `, log ${plain(log)}`}`;
    const facts = layOutFields(
      [
        ['copied now', `${copied} events, metadata of ${metadata} streams, ${deleted} deletes`],
        ['from', side(events.from, digest.from, logs.from)],
        ['to', side(events.to, digest.to, logs.to)],
        ['verdict', equal ? paint.green('equal') : paint.red('not equal')],
      ],
      paint,
    );
    const first =
      difference === undefined
        ? []
        : [`  first difference: from has ${placeOf(difference.from)}; to has ${placeOf(difference.to)}`];
    const filled =
      fillers.length === 0
        ? []
        : [
            `  ${fillers.length} streams do not begin at revision 0: fillers stand for what the old log has no longer`,
            ...fillers.map((each) => `    ${plain(each.stream)}  ${each.fillers}`),
          ];
    return [facts, ...first, ...filled].join('\n');
  };
