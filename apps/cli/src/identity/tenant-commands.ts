import type { AnswerOf } from '@stemma/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeCommand, describeGroup } from '../describe-command.js';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import type { Perform } from '../perform.js';
import { readSlug, readWhole } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { layOutFields, layOutTable } from '../show/lay-out-table.js';
import { plain } from '../show/plain-text.js';
import { showTime } from '../show/show-time.js';
import type { Shown } from '../shown.js';
import { shownOnce } from './key-commands.js';

const tenant = '<tenant>';
const which = 'its name or its id';

export function addTenantCommands(program: Command, perform: Perform): void {
  const tenants = describeGroup(
    program,
    'tenants',
    'Look after all tenants, as an administrator of the first one.',
  );
  describeCommand(tenants, {
    usage: 'create',
    help: 'Create a tenant with its first administrator, whose key is shown this once.',
    examples: [['stemma tenants create acme', 'hand the key over; its owner makes the others']],
  })
    .argument('<name>', 'given once, for ever', readSlug)
    .action(perform(create));
  describeCommand(tenants, {
    usage: 'list',
    help: 'List all tenants.',
    examples: [['stemma tenants list', 'and which are suspended']],
  }).action(perform(list));
  describeCommand(tenants, {
    usage: 'suspend',
    help: 'Let a tenant be read, but neither write nor run. What runs is brought to its end.',
    examples: [['stemma tenants suspend acme --reason "Unpaid"', 'the reason stays in the history']],
  })
    .argument(tenant, which)
    .option('--reason <text>', 'why, for the history')
    .action(perform(suspend));
  describeCommand(tenants, {
    usage: 'restore',
    help: 'Let a tenant write and run again.',
    examples: [['stemma tenants restore acme', 'at once']],
  })
    .argument(tenant, which)
    .action(perform(restore));
  describeCommand(tenants, {
    usage: 'new-key',
    help: 'Create another key for the first administrator of a tenant, when the first one was lost.',
    examples: [['stemma tenants new-key acme', 'it stands in the history of the tenant']],
  })
    .argument(tenant, which)
    .action(perform(createKey));
  addOwnTenantCommands(program, perform);
}

interface PolicyOptions {
  readonly approvals?: number;
  readonly fourEyes?: 'on' | 'off';
}

function addOwnTenantCommands(program: Command, perform: Perform): void {
  const own = describeGroup(program, 'tenant', 'Your own tenant.');
  describeCommand(own, {
    usage: 'show',
    help: 'Show your tenant and the review policy of its scripts.',
    examples: [['stemma tenant show', 'what applies where a script says nothing']],
  }).action(perform(showOwn));
  describeCommand(own, {
    usage: 'policy',
    help: 'Set the review policy of every script that has none of its own. What is left out stays as it is.',
    examples: [['stemma --as admin tenant policy --approvals 2', 'two people, and never the author']],
  })
    .option('--approvals <number>', 'how many a version needs: 0 to 10', readApprovals)
    .addOption(new Option('--four-eyes <state>', 'nobody approves their own').choices(['on', 'off']))
    .action(perform(setPolicy));
  describeCommand(own, {
    usage: 'denials',
    help: 'What people of your tenant tried and may not do, for auditors. A minute counts once it is over.',
    examples: [['stemma --as admin tenant denials --limit 20', 'the newest first']],
  })
    .option('--limit <number>', 'at most so many', readWhole, 50)
    .action(perform(denials));
}

function readApprovals(word: string): number {
  if (/^(\d|10)$/.test(word)) return Number(word);
  throw new InvalidArgumentError('It must be a number from 0 to 10.');
}

async function create({ api }: Session, name: string): Promise<Shown> {
  const data = await api.call('createTenant', { body: { name } });
  const { text, ...shown } = shownOnce(data, `tenants new-key ${name}`);
  return {
    ...shown,
    data,
    text: (view) => `${name} is here: ${data.tenantId}. The key of its ${data.admin}:\n\n${text(view)}`,
  };
}

async function list({ api }: Session): Promise<Shown> {
  const data = await api.call('listTenants', {});
  const text: Shown['text'] = ({ paint, now }) =>
    layOutTable(
      ['name', 'tenant', '', 'created'],
      data.items.map(({ name, tenantId, suspended, createdAt }) => [
        plain(name),
        tenantId,
        suspended ? paint.red('suspended') : '',
        showTime(createdAt, now),
      ]),
      paint,
    );
  return { data, text };
}

async function find({ api }: Session, nameOrId: string): Promise<string> {
  const { items } = await api.call('listTenants', {});
  const found = items.find(({ name, tenantId }) => nameOrId === name || nameOrId === tenantId);
  if (found) return found.tenantId;
  const detail = `There is no tenant ${plain(nameOrId)}.`;
  throw new Failure(exitCodes.notFound, { code: 'tenant-not-found', title: 'No such tenant', detail }, [
    'stemma tenants list',
  ]);
}

async function suspend(
  session: Session,
  nameOrId: string,
  { reason }: { readonly reason?: string },
): Promise<Shown> {
  const path = { tenantId: await find(session, nameOrId) };
  const data = await session.api.call('suspendTenant', { path, body: { reason: reason ?? null } });
  return { data, text: () => `${nameOrId} is suspended${data.changed ? '' : ' already'}.` };
}

async function restore(session: Session, nameOrId: string): Promise<Shown> {
  const path = { tenantId: await find(session, nameOrId) };
  const data = await session.api.call('restoreTenant', { path, body: {} });
  return { data, text: () => `${nameOrId} writes and runs${data.changed ? ' again' : ''}.` };
}

async function createKey(session: Session, nameOrId: string): Promise<Shown> {
  const path = { tenantId: await find(session, nameOrId) };
  const data = await session.api.call('createTenantKey', { path, body: {} });
  return shownOnce(data, `tenants new-key ${nameOrId}`);
}

async function showOwn({ api }: Session): Promise<Shown> {
  const data = await api.call('showOwnTenant', {});
  return { data, text: (view) => showTenant(data, view) };
}

type Policy = AnswerOf<'showOwnTenant'>['reviewPolicy'];

const wordsOf = ({ requiredApprovals, fourEyes }: Policy): string =>
  `${requiredApprovals} approval${requiredApprovals === 1 ? '' : 's'}, ${fourEyes ? 'never the author’s' : 'the author’s counts too'}`;

const showTenant = (shown: AnswerOf<'showOwnTenant'>, { paint, now }: Session['view']): string =>
  layOutFields(
    [
      ['name', plain(shown.name)],
      ['tenant', shown.tenantId],
      ['state', shown.suspended ? paint.red('suspended') : 'at work'],
      ['policy', wordsOf(shown.reviewPolicy)],
      ['created', showTime(shown.createdAt, now)],
    ],
    paint,
  );

async function setPolicy({ api }: Session, { approvals, fourEyes }: PolicyOptions): Promise<Shown> {
  const { reviewPolicy } = await api.call('showOwnTenant', {});
  const data = await api.call('setTenantReviewPolicy', {
    body: {
      requiredApprovals: approvals ?? reviewPolicy.requiredApprovals,
      fourEyes: fourEyes === undefined ? reviewPolicy.fourEyes : fourEyes === 'on',
    },
  });
  const already = data.changed ? '' : ' (it was so already)';
  return { data, text: () => `A version needs ${wordsOf(data.reviewPolicy)}${already}.` };
}

async function denials({ api }: Session, { limit }: { readonly limit: number }): Promise<Shown> {
  const data = await api.call('listDenials', { query: { limit } });
  const text: Shown['text'] = ({ paint }) => {
    if (data.items.length === 0) return 'Nothing was denied.';
    const rows = data.items.flatMap(({ minute, person, attempts }) =>
      attempts.map(({ method, route, code, count }) => [
        `${minute.slice(0, 16)}Z`,
        plain(person),
        String(count),
        plain(code),
        plain(`${method} ${route}`),
      ]),
    );
    return layOutTable(['minute', 'person', 'times', 'why', 'operation'], rows, paint);
  };
  return { data, text };
}
