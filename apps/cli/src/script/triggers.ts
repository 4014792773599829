import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeCommand } from '../describe-command.js';
import { usageFailure } from '../failure.js';
import type { Perform } from '../perform.js';
import { readSlug } from '../read-arguments.js';
import type { Script } from '../session/answers.js';
import type { Session, View } from '../session/open-session.js';
import { layOutTable } from '../show/lay-out-table.js';
import { plain } from '../show/plain-text.js';
import type { Shown } from '../shown.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface TriggerOptions {
  readonly cron?: string;
  readonly zone?: string;
  readonly http?: { readonly method: Method; readonly path: string };
  readonly remove?: boolean;
}

export function addTriggersCommand(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'triggers',
    help: 'Show, set or remove what starts the runs of a script by itself. A path is claimed once per tenant.',
    examples: [
      ['stemma script triggers tidy-marks', 'what there is'],
      ['stemma script triggers tidy-marks daily --cron "0 7 * * 1-5" --zone Europe/Berlin', 'a schedule'],
      ['stemma script triggers take-marks hook --http "POST /marks"', 'a path'],
      ['stemma script triggers tidy-marks daily --remove', 'it starts nothing any more'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .argument('[name]', 'of the trigger, within the script')
    .option('--cron <expression>', 'minute hour day-of-month month day-of-week')
    .option('--zone <name>', 'whose clock it follows, such as Europe/Berlin (default: UTC)')
    .addOption(
      new Option('--http <request>', '"METHOD /path"').argParser(readRequest).conflicts(['cron', 'zone']),
    )
    .addOption(new Option('--remove', 'take it away').conflicts(['cron', 'zone', 'http']))
    .action(perform(triggers));
}

function readRequest(word: string): TriggerOptions['http'] {
  const [, method, path] = /^(GET|POST|PUT|PATCH|DELETE) +(\/\S*)$/i.exec(word.trim()) ?? [];
  if (method === undefined || path === undefined) {
    throw new InvalidArgumentError('It takes a method and a path: "POST /marks".');
  }
  return { method: method.toUpperCase() as Method, path };
}

function showTriggers(slug: string, found: Script['triggers'], { paint }: View): string {
  const rows = Object.entries(found).map(([name, trigger]) => [
    paint.bold(plain(name)),
    trigger.kind,
    plain(
      trigger.kind === 'cron'
        ? `${trigger.expression} (${trigger.timeZone})`
        : `${trigger.method} ${trigger.path}`,
    ),
  ]);
  if (rows.length === 0) return `Nothing starts ${slug} by itself.`;
  return layOutTable(['trigger', 'kind', 'starts a run'], rows, paint);
}

const triggerOf = ({ cron, zone, http }: TriggerOptions) => {
  if (http !== undefined) return { kind: 'http', ...http } as const;
  if (cron !== undefined) return { kind: 'cron', expression: cron, timeZone: zone ?? 'UTC' } as const;
  return undefined;
};

async function triggers(
  { api }: Session,
  slug: string,
  name: string | undefined,
  options: TriggerOptions,
): Promise<Shown> {
  const trigger = triggerOf(options);
  if (trigger === undefined && options.remove !== true) {
    if (name !== undefined || options.zone !== undefined)
      throw usageFailure('Say --cron, --http or --remove.');
    const { triggers: found } = await api.call('showScript', { path: { slug } });
    return { data: { slug, triggers: found }, text: (view) => showTriggers(slug, found, view) };
  }
  if (name === undefined) throw usageFailure(`Name the trigger: stemma script triggers ${slug} <name> …`);
  const path = { slug, trigger: name };
  const data =
    trigger === undefined
      ? await api.call('removeTrigger', { path })
      : await api.call('setTrigger', { path, body: trigger });
  const done = trigger === undefined ? 'is removed from' : 'is set for';
  return { data, text: () => `${plain(name)} ${done} ${slug}${data.changed ? '' : ' already'}.` };
}
