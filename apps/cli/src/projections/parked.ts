import type { Command } from 'commander';
import { describeCommand, describeGroup } from '../describe-command.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readProjection } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { showParkedEvent, showParkedList } from '../show/show-projections.js';
import type { Shown } from '../shown.js';

export function addParkedCommands(projections: Command, perform: Perform): void {
  const parked = describeGroup(projections, 'parked', 'Streams that a projection cannot go on with.');
  describeCommand(parked, {
    usage: 'list',
    help: 'List them: since which event, and why.',
    examples: [['stemma projections parked list', 'of all projections']],
  })
    .argument('[name]', 'of this projection only', readProjection)
    .action(perform(list));
  describeCommand(parked, {
    usage: 'show',
    help: 'Show one, with the event that cannot be applied.',
    examples: [['stemma projections parked show versions <stream>', 'the event as it is stored']],
  })
    .argument('<name>', 'the projection', readProjection)
    .argument('<stream>', 'as the list names it')
    .action(perform(show));
  describeCommand(parked, {
    usage: 'retry',
    help: 'Have them tried again, with all that waits in them: after the fault was mended.',
    examples: [['stemma projections parked retry versions', 'every stream it has parked']],
  })
    .argument('<name>', 'the projection', readProjection)
    .argument('[stream]', 'only this one')
    .action(perform(retry));
  describeCommand(parked, {
    usage: 'drop',
    help: 'Pass the event over for good, in this and every later build: the decision is an event itself.',
    examples: [
      [
        'stemma projections parked drop versions <stream> --reason "Written by a bug"',
        'what follows is tried again',
      ],
    ],
  })
    .argument('<name>', 'the projection', readProjection)
    .argument('<stream>', 'as the list names it')
    .requiredOption('--reason <text>', 'why: it stays in the log')
    .option('--event <id>', 'the event as you saw it (default: the one that parks the stream now)')
    .action(perform(drop));
}

async function list({ api }: Session, projection?: string): Promise<Shown> {
  const data = await api.call('listParked', { query: leaveOutAbsent({ projection }) });
  return { data, text: (view) => showParkedList(data.items, view) };
}

async function show({ api }: Session, projection: string, stream: string): Promise<Shown> {
  const data = await api.call('showParked', { path: { projection, stream } });
  return { data, text: (view) => showParkedEvent(data, view) };
}

async function retry({ api }: Session, projection: string, stream?: string): Promise<Shown> {
  const data = await api.call('retryParked', { path: { projection }, body: leaveOutAbsent({ stream }) });
  const said =
    data.retried === 0
      ? `${projection} has nothing parked.`
      : `Tried again: ${data.retried}.\nNext: stemma projections parked list ${projection}`;
  return { data, text: () => said };
}

async function drop(
  { api }: Session,
  projection: string,
  stream: string,
  { reason, event }: { readonly reason: string; readonly event?: string },
): Promise<Shown> {
  const eventId = event ?? (await api.call('showParked', { path: { projection, stream } })).eventId;
  const data = await api.call('dropParked', { path: { projection }, body: { stream, eventId, reason } });
  const said = `${projection} passes over ${eventId} for good; what follows in its stream is tried again.`;
  return { data, text: () => `${said}\nNext: stemma projections parked list ${projection}` };
}
