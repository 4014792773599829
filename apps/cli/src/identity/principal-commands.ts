import type { AnswerOf } from '@stemma/client';
import type { Command } from 'commander';
import { describeCommand, describeGroup } from '../describe-command.js';
import type { Perform } from '../perform.js';
import { collect, readSubject } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { layOutFields, layOutTable } from '../show/lay-out-table.js';
import { onOneLine, plain } from '../show/plain-text.js';
import { showTime } from '../show/show-time.js';
import type { Shown } from '../shown.js';

type Role = 'viewer' | 'author' | 'reviewer' | 'publisher' | 'runner' | 'auditor' | 'operator' | 'admin';

interface Naming {
  readonly name?: string;
  readonly mail?: string;
}

interface CreateOptions extends Naming {
  readonly role?: readonly Role[];
  readonly service?: true;
}

const person = '<person>';
const whom = 'the person or service';

export function addPrincipalCommands(program: Command, perform: Perform): void {
  const principals = describeGroup(
    program,
    'principals',
    'The people and services of the tenant, and what they may do.',
  );
  describeCommand(principals, {
    usage: 'create',
    help: 'Create a person or a service. The handle stands in the history for ever; the name and the address can be forgotten.',
    examples: [
      ['stemma principals create ann --role author --name "Ann Example"', 'then: keys create --for ann'],
    ],
  })
    .argument(person, 'a handle: no name, no address', readSubject)
    .option('--role <role>', 'a role; may be given several times', collect)
    .option('--service', 'a service, not a person')
    .option('--name <text>', 'what people call them')
    .option('--mail <address>', 'the mail address')
    .action(perform(create));
  describeCommand(principals, {
    usage: 'list',
    help: 'List everybody in the tenant.',
    examples: [['stemma principals list', 'who may do what']],
  }).action(perform(list));
  describeCommand(principals, {
    usage: 'show',
    help: 'Show a person or a service.',
    examples: [['stemma principals show ann', 'roles, name and address']],
  })
    .argument(person, whom, readSubject)
    .action(perform(show));
  describeCommand(principals, {
    usage: 'roles',
    help: 'Change the roles, whole. Nobody changes their own.',
    examples: [['stemma principals roles ann reviewer publisher', 'these two from now on']],
  })
    .argument(person, whom, readSubject)
    .argument('[role...]', 'the roles from now on; none: nothing may be done')
    .action(perform(changeRoles));
  addStateCommands(principals, perform);
  addNamingCommands(principals, perform);
}

function addStateCommands(principals: Command, perform: Perform): void {
  describeCommand(principals, {
    usage: 'suspend',
    help: 'Let none of their credentials in, until they are restored.',
    examples: [['stemma principals suspend ann --reason "Left"', 'the history stays']],
  })
    .argument(person, whom, readSubject)
    .option('--reason <text>', 'why, for the history')
    .action(perform(suspend));
  describeCommand(principals, {
    usage: 'restore',
    help: 'Let their credentials in again.',
    examples: [['stemma principals restore ann', 'all keys that were not revoked']],
  })
    .argument(person, whom, readSubject)
    .action(perform(restore));
}

function addNamingCommands(principals: Command, perform: Perform): void {
  describeCommand(principals, {
    usage: 'name',
    help: 'Set the display name and the mail address, whole: your own, or as an administrator somebody’s. They stand in no event.',
    examples: [['stemma principals name author --name "Ann Example"', 'your own']],
  })
    .argument(person, whom, readSubject)
    .option('--name <text>', 'what people call them')
    .option('--mail <address>', 'the mail address')
    .action(perform(name));
  describeCommand(principals, {
    usage: 'forget',
    help: 'Forget the display name and the mail address. The history keeps the handle alone.',
    examples: [['stemma principals forget ann', 'when somebody asks for it']],
  })
    .argument(person, whom, readSubject)
    .action(perform(forget));
}

async function create(session: Session, subject: string, options: CreateOptions): Promise<Shown> {
  const { api } = session;
  const { role = [], service } = options;
  const data = await api.call('createPrincipal', {
    body: { subject, kind: service ? 'service' : 'user', roles: [...role] },
  });
  if (options.name !== undefined || options.mail !== undefined) {
    await api.call('namePrincipal', { path: { subject }, body: bodyOf(options) });
  }
  const next = `Next: stemma --as admin keys create --for ${subject}`;
  return {
    data,
    text: () => `${subject} is here, as ${role.join(', ') || 'nobody in particular'}.\n${next}`,
  };
}

const bodyOf = ({ name: displayName, mail }: Naming) => ({
  displayName: displayName ?? null,
  mail: mail ?? null,
});

async function list({ api }: Session): Promise<Shown> {
  const data = await api.call('listPrincipals', {});
  const text: Shown['text'] = ({ paint }) =>
    layOutTable(
      ['person', 'kind', 'roles', '', 'name'],
      data.items.map(({ subject, kind, roles, suspended, displayName }) => [
        plain(subject),
        kind,
        plain(roles.join(', ')) || '–',
        suspended ? paint.red('suspended') : '',
        onOneLine(displayName ?? '–', 40),
      ]),
      paint,
    );
  return { data, text };
}

async function show({ api }: Session, subject: string): Promise<Shown> {
  const data = await api.call('showPrincipal', { path: { subject } });
  return { data, text: (view) => showPrincipal(data, view) };
}

const showPrincipal = (shown: AnswerOf<'showPrincipal'>, { paint, now }: Session['view']): string =>
  layOutFields(
    [
      ['person', plain(shown.subject)],
      ['name', shown.displayName && onOneLine(shown.displayName)],
      ['mail', shown.mail && plain(shown.mail)],
      ['kind', shown.kind],
      ['roles', plain(shown.roles.join(', ')) || '–'],
      ['state', shown.suspended ? paint.red('suspended') : 'in'],
      ['created', `${showTime(shown.createdAt, now)} by ${plain(shown.createdBy)}`],
    ],
    paint,
  );

async function changeRoles({ api }: Session, subject: string, roles: readonly Role[]): Promise<Shown> {
  const data = await api.call('changeRoles', { path: { subject }, body: { roles: [...roles] } });
  const already = data.changed ? '' : ' (and had them already)';
  return { data, text: () => `${subject} has the roles ${roles.join(', ') || 'none'}${already}.` };
}

async function suspend(
  { api }: Session,
  subject: string,
  { reason }: { readonly reason?: string },
): Promise<Shown> {
  const data = await api.call('suspendPrincipal', { path: { subject }, body: { reason: reason ?? null } });
  return { data, text: () => `${subject} is suspended${data.changed ? '' : ' already'}.` };
}

async function restore({ api }: Session, subject: string): Promise<Shown> {
  const data = await api.call('restorePrincipal', { path: { subject }, body: {} });
  return { data, text: () => `${subject} is in${data.changed ? ' again' : ' already'}.` };
}

const isMe = async ({ api }: Session, subject: string): Promise<boolean> =>
  (await api.call('whoAmI', {})).person === subject;

async function name(session: Session, subject: string, options: Naming): Promise<Shown> {
  const body = bodyOf(options);
  const data = (await isMe(session, subject))
    ? await session.api.call('nameMyself', { body })
    : await session.api.call('namePrincipal', { path: { subject }, body });
  const said = [data.displayName, data.mail].filter((value) => value !== null).join(', ');
  return { data, text: () => `${subject} is known as ${onOneLine(said) || subject}.` };
}

async function forget(session: Session, subject: string): Promise<Shown> {
  const data = (await isMe(session, subject))
    ? await session.api.call('forgetMyself', {})
    : await session.api.call('forgetPrincipal', { path: { subject } });
  return {
    data,
    text: () => `No name and no address of ${subject} is kept${data.changed ? ' any more' : ''}.`,
  };
}
