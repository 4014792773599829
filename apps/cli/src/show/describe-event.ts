import type { HistoryEntry } from '../session/answers.js';
import type { Paint } from './paint.js';
import { onOneLine, plain } from './plain-text.js';
import { showTime } from './show-time.js';

type Data = HistoryEntry['data'];
type Tell = (data: Data) => string;

const numberOf = ({ number }: Data): string => `version ${typeof number === 'number' ? number : '?'}`;

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** `: “the words”`, or nothing. */
const words = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? `: “${onOneLine(value, 100)}”` : '';

const round = ({ round: number }: Data): string => (typeof number === 'number' ? `, round ${number}` : '');

function policy(data: Data): string {
  const required = member(data['policy'], 'requiredApprovals');
  const eyes = member(data['policy'], 'fourEyes') === true ? ', four eyes' : '';
  return typeof required === 'number'
    ? ` (${required} approval${required === 1 ? '' : 's'} needed${eyes})`
    : '';
}

function draft(data: Data): string {
  const { origin: source } = data;
  const origin = source === 'saved' || typeof source !== 'string' ? '' : ` by ${onOneLine(source)}`;
  const same = typeof data['sameContentAs'] === 'number' ? `, same content as ${data['sameContentAs']}` : '';
  return `${numberOf(data)}${origin}${same}${words(data['changeSummary'])}`;
}

const details = (data: Data): string => words(member(data['details'], 'name')).replace(/^: /, '');

function trigger(data: Data): string {
  const { name, trigger: what } = data;
  const [kind, expression, zone] = ['kind', 'expression', 'timeZone'].map((field) => member(what, field));
  const [method, path] = ['method', 'path'].map((field) => member(what, field));
  const how =
    kind === 'cron' ? `${String(expression)} (${String(zone)})` : `${String(method)} ${String(path)}`;
  return onOneLine(`${String(name)}: ${how}`, 100);
}

function pruning(data: Data): string {
  const [most, days] = ['maxVersions', 'retentionDays'].map((field) => member(data['policy'], field));
  const kept = [
    ...(typeof most === 'number' ? [`the newest ${most}`] : []),
    ...(typeof days === 'number' ? [`those of ${days} days`] : []),
  ];
  return kept.length === 0 ? 'only when somebody asks' : `kept: ${kept.join(' and ')}`;
}

const tellers = new Map<string, Tell>(
  Object.entries({
    ScriptCreated: details,
    ScriptDetailsChanged: details,
    DraftCreated: draft,
    SubmittedForReview: (data) => `${numberOf(data)}${round(data)}${policy(data)}`,
    SubmissionWithdrawn: (data) => `${numberOf(data)}${round(data)}`,
    ChangesRequested: (data) => `${numberOf(data)}${round(data)}${words(data['reviewNote'])}`,
    VersionApproved: (data) => `${numberOf(data)}${round(data)}${words(data['reviewNote'])}`,
    VersionPublished: (data) => {
      const reason = member(data['breakGlass'], 'reason');
      return `${numberOf(data)}${typeof reason === 'string' ? `, by breaking the glass${words(reason)}` : ''}`;
    },
    VersionArchived: (data) => {
      const by = member(data['supersededBy'], 'number');
      return `${numberOf(data)}, ${typeof by === 'number' ? numberOf({ number: by }) : 'none'} is active`;
    },
    ScriptEnabled: () => '',
    ScriptDisabled: (data) => words(data['reason']).replace(/^: /, ''),
    ScriptListed: () => '',
    ScriptUnlisted: () => '',
    TriggerSet: trigger,
    TriggerRemoved: trigger,
    ReviewPolicySet: (data) => policy(data).trim() || 'the one of the tenant',
    PrunePolicySet: pruning,
    VersionsPruned: (data) =>
      `${Array.isArray(data['versions']) ? data['versions'].length : '?'} of them, ${pruning(data)}`,
    ScriptRetired: (data) => words(data['reason']).replace(/^: /, ''),
  } satisfies Record<string, Tell>),
);

/** What an event tells, in a line; an event that this release does not know is shown as it stands. */
export const tellEvent = ({ type, data }: Pick<HistoryEntry, 'type' | 'data'>): string =>
  tellers.get(type)?.(data) ?? onOneLine(JSON.stringify(data), 200);

/** `DraftCreated` → `draft created` */
export const sayType = (type: string): string =>
  plain(type)
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();

/** When, who, what, detail. */
export const eventRow = (entry: HistoryEntry, paint: Paint, now: Date): readonly string[] => [
  paint.dim(showTime(entry.at, now)),
  plain(entry.actor.id),
  paint.bold(sayType(entry.type)),
  tellEvent(entry),
];
