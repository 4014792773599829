import { DamagedLogError, type LogReport, verifyLog } from '@stemma/event-node';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { exitCodes } from '../exit-codes.js';
import { Failure, reasonOf, usageFailure } from '../failure.js';
import { layOutFields } from '../show/lay-out-table.js';
import { plain } from '../show/plain-text.js';
import type { Shown } from '../shown.js';

/** Throws a usage failure when there is no log in `dir`. */
export function requireLog(dir: string): void {
  if (!existsSync(path.join(dir, 'segments'))) throw usageFailure(`There is no log in ${dir}.`);
}

/** The failure of a command that cannot use a log. */
export function unusable(error: unknown): Failure {
  const code = error instanceof DamagedLogError ? 'log-damaged' : 'log-unusable';
  return new Failure(exitCodes.refused, { code, title: 'The log cannot be used', detail: reasonOf(error) });
}

/** Verifies the log in `dir`, which no node may have open: not sound is exit code 1. */
export async function reportOn(dir: string): Promise<Shown> {
  requireLog(dir);
  const report = await verifyLog(dir).catch((error: unknown) => {
    throw unusable(error);
  });
  const sound = report.problems.length === 0;
  return { data: report, text: showReport(report), exitCode: sound ? exitCodes.ok : exitCodes.refused };
}

const showReport =
  ({ dir, records, streams, erased, end, problems }: LogReport): Shown['text'] =>
  ({ paint }) => {
    const verdict = problems.length === 0 ? paint.green('sound') : paint.red('not sound');
    const facts = layOutFields(
      [
        ['log', plain(dir)],
        ['records', `${records}${erased === 0 ? '' : `, ${erased} of them erased`}`],
        ['streams', String(streams)],
        ['end', String(end)],
        ['verdict', verdict],
      ],
      paint,
    );
    return [facts, ...problems.map((problem) => `  ${plain(problem)}`)].join('\n');
  };
