import type { Command } from 'commander';
import { describeCommand } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import type { Perform } from '../perform.js';
import { layOutFields, layOutTable } from '../show/lay-out-table.js';
import { onOneLine, plain } from '../show/plain-text.js';
import { showTime } from '../show/show-time.js';
import type { Shown } from '../shown.js';
import { readReadiness } from './open-api.js';
import type { Session } from './open-session.js';

export function addSessionCommands(program: Command, perform: Perform): void {
  describeCommand(program, {
    usage: 'whoami',
    help: 'Say who the API takes you for.',
    examples: [
      ['stemma whoami', 'the author, unless STEMMA_API_KEY says otherwise'],
      ['stemma whoami --as reviewer', 'the reviewer'],
    ],
  }).action(perform(whoami));
  describeCommand(program, {
    usage: 'health',
    help: 'Say whether the API and the parts it stands on are ready. Needs no credential.',
    examples: [['stemma health --json', 'exit code 0 when ready, 6 when not']],
  }).action(perform(health));
}

async function whoami({ api }: Session): Promise<Shown> {
  const me = await api.call('whoAmI', {});
  const text: Shown['text'] = ({ paint, now }) =>
    layOutFields(
      [
        ['person', plain(me.person)],
        ['name', me.displayName && onOneLine(me.displayName)],
        ['mail', me.mail && plain(me.mail)],
        ['kind', me.kind],
        ['roles', plain(me.roles.join(', '))],
        ['tenant', me.tenantId],
        ['key', plain(me.keyId)],
        ['scopes', me.scopes && plain(me.scopes.join(', '))],
        ['expires', me.expiresAt === null ? 'never' : showTime(me.expiresAt, now)],
      ],
      paint,
    );
  return { data: me, text };
}

async function health({ apiOptions }: Session): Promise<Shown> {
  const readiness = await readReadiness(apiOptions);
  const ready = readiness.status !== 'not-ready';
  const text: Shown['text'] = ({ paint }) => {
    const words = {
      ready: paint.green('ready'),
      degraded: paint.yellow('degraded'),
      'not-ready': paint.red('not ready'),
    };
    const mark = (ok: boolean) => (ok ? paint.green('ok') : paint.red('not ok'));
    const rows = Object.entries(readiness.parts).map(([part, { ok, degraded, detail }]) => [
      plain(part),
      degraded === true ? words.degraded : mark(ok),
      onOneLine(detail, 160),
    ]);
    const head = `${apiOptions.address.url} is ${words[readiness.status]}`;
    return `${head}\n\n${layOutTable(['part', '', 'detail'], rows, paint)}`;
  };
  return { data: readiness, text, exitCode: ready ? exitCodes.ok : exitCodes.unavailable };
}
