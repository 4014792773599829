import type { AnswerOf } from '@stemma/client';
import { type Command, InvalidArgumentError } from 'commander';
import { describeCommand, describeGroup } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { collect, readKeyId, readSubject } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { layOutTable } from '../show/lay-out-table.js';
import { onOneLine, plain } from '../show/plain-text.js';
import { showTime } from '../show/show-time.js';
import type { Shown } from '../shown.js';

interface CreateOptions {
  readonly for?: string;
  readonly label?: string;
  readonly scope?: readonly string[];
  readonly expires?: Expiry;
}

export function addKeyCommands(program: Command, perform: Perform): void {
  const keys = describeGroup(program, 'keys', 'Create, list and revoke API keys.');
  describeCommand(keys, {
    usage: 'create',
    help: 'Create a key, for yourself or as an administrator for somebody else. It is shown this once and stored nowhere.',
    examples: [
      ['stemma keys create --label laptop', 'may do all that you may'],
      [
        'stemma keys create --scope script:read --scope run:request --expires 30d',
        'a narrower one, for a month',
      ],
      ['stemma --as admin keys create --for ann', 'somebody else’s'],
    ],
  })
    .option('--for <person>', 'whose it is (default: yours)', readSubject)
    .option('--label <text>', 'what you call it')
    .option('--scope <permission>', 'only this permission; may be given several times', collect)
    .option('--expires <when>', 'an instant (ISO 8601), or 12h, 30d', readExpiry)
    .action(perform(create));
  describeCommand(keys, {
    usage: 'list',
    help: 'List your keys, revoked ones too.',
    examples: [['stemma --as admin keys list --all', 'everybody’s in the tenant']],
  })
    .option('--all', 'those of everybody; for administrators')
    .action(perform(list));
  describeCommand(keys, {
    usage: 'revoke',
    help: 'Revoke a key, for ever. It opens nothing after a second at the latest.',
    examples: [
      ['stemma keys revoke 5c2d… --reason "Lost with the laptop"', 'the reason stays in the history'],
    ],
  })
    .argument('<key-id>', 'what stands between the underscores of the key', readKeyId)
    .option('--reason <text>', 'why, for the history')
    .action(perform(revoke));
}

type Expiry = (now: Date) => string;

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 };

function readExpiry(word: string): Expiry {
  const [, count, unit = ''] = /^([1-9]\d{0,4})([hd])$/.exec(word) ?? [];
  if (count !== undefined) {
    return (now) => new Date(now.getTime() + Number(count) * (UNITS[unit] ?? 0)).toISOString();
  }
  const instant = Date.parse(word);
  if (Number.isNaN(instant)) throw new InvalidArgumentError('It must be 12h, 30d or an ISO 8601 instant.');
  return () => new Date(instant).toISOString();
}

async function create({ api, view }: Session, options: CreateOptions): Promise<Shown> {
  const data = await api.call('createKey', {
    body: {
      person: options.for ?? null,
      label: options.label ?? null,
      scopes: options.scope ? [...options.scope] : null,
      expiresAt: options.expires?.(view.now) ?? null,
    },
  });
  return shownOnce(data, `keys revoke ${data.keyId}`);
}

/** A key that was made, or the failure of one whose only showing was lost on the way. */
export function shownOnce(
  data: { readonly key: string | null; readonly keyId: string | null },
  undo: string,
): Shown {
  const { key } = data;
  if (key === null) {
    const detail = 'The key was made by an earlier answer that did not arrive; nobody can show it again.';
    throw new Failure(exitCodes.conflict, { code: 'key-shown-before', title: 'The key is lost', detail }, [
      `stemma ${undo}`,
      'stemma keys create',
    ]);
  }
  const text: Shown['text'] = ({ paint }) =>
    [
      `${paint.bold(key)}`,
      '',
      'This is the only time it is shown. Put it where you keep secrets; to use it here: STEMMA_API_KEY.',
    ].join('\n');
  return { data, text };
}

async function list({ api }: Session, { all }: { readonly all?: true }): Promise<Shown> {
  const query = leaveOutAbsent({ all: all && ('true' as const) });
  const data = await api.call('listKeys', { query });
  return { data, text: (view) => showKeys(data.items, view) };
}

function showKeys(keys: AnswerOf<'listKeys'>['items'], { paint, now }: Session['view']): string {
  if (keys.length === 0) return 'There is no key.';
  const rows = keys.map(({ keyId, person, label, scopes, expiresAt, revoked, createdAt }) => [
    plain(keyId),
    plain(person),
    label === null ? '–' : onOneLine(label, 30),
    scopes === null ? 'all' : onOneLine(scopes.join(' '), 40),
    stateOf({ revoked, expiresAt }, { paint, now }),
    showTime(createdAt, now),
  ]);
  return layOutTable(['key id', 'person', 'label', 'scopes', 'state', 'created'], rows, paint);
}

function stateOf(
  { revoked, expiresAt }: { readonly revoked: boolean; readonly expiresAt: string | null },
  { paint, now }: Session['view'],
): string {
  if (revoked) return paint.dim('revoked');
  if (expiresAt === null) return paint.green('open');
  return Date.parse(expiresAt) <= now.getTime() ? paint.dim('expired') : `until ${expiresAt.slice(0, 16)}Z`;
}

async function revoke(
  { api }: Session,
  keyId: string,
  { reason }: { readonly reason?: string },
): Promise<Shown> {
  const data = await api.call('revokeKey', { path: { keyId }, query: leaveOutAbsent({ reason }) });
  return { data, text: () => `${keyId} is revoked${data.changed ? '' : ' already'}.` };
}
