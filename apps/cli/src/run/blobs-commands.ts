import type { Command } from 'commander';
import { describeCommand, describeGroup } from '../describe-command.js';
import type { Perform } from '../perform.js';
import type { ExpiredBlobs } from '../session/answers.js';
import type { Session, View } from '../session/open-session.js';
import { layOutTable } from '../show/lay-out-table.js';
import { showSize, showTime } from '../show/show-time.js';
import type { Shown } from '../shown.js';

export function addBlobsCommands(program: Command, perform: Perform): void {
  const blobs = describeGroup(
    program,
    'blobs',
    'The bytes of runs, and how long they are kept. Acts as admin unless told otherwise.',
  );
  describeCommand(blobs, {
    usage: 'expired',
    help: 'Show what retention would delete now: inputs, outputs, logs and artifacts whose time is over.',
    examples: [['stemma blobs expired', 'a dry run; workers delete every six hours']],
  }).action(perform(expired));
  describeCommand(blobs, {
    usage: 'sweep',
    help: 'Delete it now. What happened stays in the history; the bytes do not come back.',
    examples: [['stemma blobs sweep', 'after a look at: stemma blobs expired']],
  }).action(perform(sweep));
}

async function expired({ api }: Session): Promise<Shown> {
  const data = await api.call('listExpiredBlobs', {});
  return { data, text: (view) => showExpired(data, view) };
}

async function sweep({ api }: Session): Promise<Shown> {
  const data = await api.call('sweepBlobs', { body: {} });
  return { data, text: () => `Deleted ${data.count} blobs, ${showSize(data.bytes)}.` };
}

function showExpired({ items, count, bytes, keepDays }: ExpiredBlobs, { paint, now }: View): string {
  const kept = `Bytes of runs are kept for ${keepDays} days after they were last stored.`;
  if (count === 0) return `${kept} None is older.`;
  const rows = items.map(({ sha256, size, storedAt, why }) => [
    sha256.slice(0, 12),
    showSize(size),
    showTime(storedAt, now),
    why === 'unused' ? 'no run names it' : 'its time is over',
  ]);
  const table = layOutTable(['sha256', 'size', 'stored', 'why'], rows, paint);
  const more = count > items.length ? `\n… and ${count - items.length} more` : '';
  return `${table}${more}\n\n${count} blobs, ${showSize(bytes)}. ${kept}\nDelete them: stemma blobs sweep`;
}
