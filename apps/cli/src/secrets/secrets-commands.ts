import type { AnswerOf } from '@stemma/client';
import type { Command } from 'commander';
import { describeCommand, describeGroup } from '../describe-command.js';
import type { Perform } from '../perform.js';
import { readSecretName } from '../read-arguments.js';
import { confirm } from '../session/ask-person.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import { gatherPages } from '../session/gather-pages.js';
import type { Session } from '../session/open-session.js';
import { layOutFields, layOutTable } from '../show/lay-out-table.js';
import { onOneLine, plain } from '../show/plain-text.js';
import { showTime } from '../show/show-time.js';
import type { Shown } from '../shown.js';
import { readValue } from './read-value.js';

interface About {
  readonly description?: string;
  readonly sandbox?: boolean;
}

/** Nobody names more by hand. */
const MOST = 10_000;

const name = '<secret>';
const which = 'the name that scripts know it by';

export function addSecretsCommands(program: Command, perform: Perform): void {
  const secrets = describeGroup(program, 'secrets', 'What scripts are given and nobody is shown.');
  describeCommand(secrets, {
    usage: 'set',
    help: 'Set a secret, or its next value: typed unseen, piped in, or from a file, never on the command line. One line end at its end is left out.',
    examples: [
      ['stemma secrets set MAIL_PASSWORD', 'asks for the value'],
      ['pass show mail | stemma secrets set MAIL_PASSWORD', 'from another program'],
      ['stemma secrets set TLS_KEY --file key.pem --description "of the relay"', 'from a file'],
    ],
  })
    .argument(name, which, readSecretName)
    .option('--file <file>', 'the value is in this file; - for standard input')
    .option('--description <text>', 'what it is for')
    .option('--sandbox', 'give it to runs in the sandbox, too')
    .option('--no-sandbox', 'give it to runs in production alone')
    .action(perform(set));
  describeCommand(secrets, {
    usage: 'list',
    help: 'List the secrets, without their values.',
    examples: [['stemma secrets list', 'who set them, and when']],
  }).action(perform(list));
  describeCommand(secrets, {
    usage: 'show',
    help: 'Show what is known of a secret. Its value is shown to nobody.',
    examples: [['stemma secrets show MAIL_PASSWORD', 'version, description, who set it']],
  })
    .argument(name, which, readSecretName)
    .action(perform(show));
  addChangeCommands(secrets, perform);
}

function addChangeCommands(secrets: Command, perform: Perform): void {
  describeCommand(secrets, {
    usage: 'describe',
    help: 'Say what a secret is for, and whether runs in the sandbox are given it. Those run what nobody has reviewed.',
    examples: [['stemma secrets describe MAIL_TEST --sandbox', 'a test secret, for drafts']],
  })
    .argument(name, which, readSecretName)
    .option('--description <text>', 'what it is for')
    .option('--sandbox', 'give it to runs in the sandbox, too')
    .option('--no-sandbox', 'give it to runs in production alone')
    .action(perform(describeSecret));
  describeCommand(secrets, {
    usage: 'remove',
    help: 'Remove a secret. No run is given it any more, and its key is deleted, so that no version of it opens again.',
    examples: [['stemma secrets remove MAIL_PASSWORD --reason "Leaked"', 'the reason stays in the history']],
  })
    .argument(name, which, readSecretName)
    .option('--reason <text>', 'why, for the history')
    .option('--yes', 'do not ask')
    .action(perform(remove));
  describeCommand(secrets, {
    usage: 'rewrap',
    help: 'Wrap the keys of all secrets anew under the first of STEMMA_SECRET_KEYS, so that an older one can go. For operators.',
    examples: [['stemma secrets rewrap', 'after the new key was put first, and api and worker restarted']],
  }).action(perform(rewrap));
}

async function set(
  { api, world }: Session,
  secret: string,
  { file, description, sandbox }: About & { readonly file?: string },
): Promise<Shown> {
  const value = await readValue(world, secret, file);
  const body = { value, ...leaveOutAbsent({ description, sandbox }) };
  const data = await api.call('setSecret', { path: { secret }, body });
  const text = () =>
    `${secret} is set, version ${data.version}. A script is given it when its settings name it: {"secrets": ["${secret}"]}`;
  return { data, text };
}

async function list({ api }: Session): Promise<Shown> {
  const data = await gatherPages(MOST, (limit, after?: string) =>
    api.call('listSecrets', { query: leaveOutAbsent({ limit, after }) }),
  );
  return { data, text: (view) => showSecrets(data.items, view) };
}

function showSecrets(items: AnswerOf<'listSecrets'>['items'], { paint, now }: Session['view']): string {
  if (items.length === 0) return 'There is no secret.';
  const rows = items.map(({ name: called, version, sandbox, setBy, setAt, description }) => [
    plain(called),
    String(version),
    sandbox ? 'production, sandbox' : 'production',
    plain(setBy),
    showTime(setAt, now),
    description === null ? '–' : onOneLine(description, 60),
  ]);
  return layOutTable(['secret', 'version', 'given to runs in', 'set by', 'set', 'description'], rows, paint);
}

async function show({ api }: Session, secret: string): Promise<Shown> {
  const data = await api.call('showSecret', { path: { secret } });
  const text: Shown['text'] = ({ paint, now }) =>
    layOutFields(
      [
        ['secret', plain(data.name)],
        ['version', String(data.version)],
        ['description', data.description === null ? null : onOneLine(data.description, 500)],
        ['given to runs in', data.sandbox ? 'production, sandbox' : 'production'],
        ['set', `${showTime(data.setAt, now)} by ${plain(data.setBy)}`],
        ['created', `${showTime(data.createdAt, now)} by ${plain(data.createdBy)}`],
      ],
      paint,
    );
  return { data, text };
}

async function describeSecret(
  { api }: Session,
  secret: string,
  { description, sandbox }: About,
): Promise<Shown> {
  const data = await api.call('describeSecret', {
    path: { secret },
    body: leaveOutAbsent({ description, sandbox }),
  });
  return { data, text: () => (data.changed ? `${secret} is described.` : `${secret} was so already.`) };
}

async function remove(
  session: Session,
  secret: string,
  { reason, yes }: { readonly reason?: string; readonly yes?: true },
): Promise<Shown> {
  await confirm(session, `Remove ${secret}, so that none of its versions opens again?`, yes);
  const query = leaveOutAbsent({ reason });
  const data = await session.api.call('removeSecret', { path: { secret }, query });
  return { data, text: () => `${secret} is removed${data.changed ? '' : ' already'}.` };
}

async function rewrap({ api }: Session): Promise<Shown> {
  const data = await api.call('rewrapSecrets', { body: {} });
  const { masterKeyId, rewrapped, current, unreadable } = data;
  const rest =
    unreadable === 0
      ? 'Older master keys can be taken out of STEMMA_SECRET_KEYS.'
      : `${unreadable} could not be opened: add their master key to STEMMA_SECRET_KEYS, or set these secrets again.`;
  const text = () => `${rewrapped} wrapped anew under ${masterKeyId}, ${current} were so already. ${rest}`;
  return { data, text };
}
