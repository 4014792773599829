import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeCommand } from '../describe-command.js';
import type { Perform } from '../perform.js';
import { readBase, readSlug } from '../read-arguments.js';
import type { Script } from '../session/answers.js';
import type { Session } from '../session/open-session.js';
import type { Shown } from '../shown.js';

interface PolicyOptions {
  readonly approvals?: number;
  readonly fourEyes?: boolean;
  readonly tenant?: boolean;
  readonly base?: number;
}

export function addPolicyCommand(script: Command, perform: Perform): void {
  describeCommand(script, {
    usage: 'policy',
    help:
      'Show or set how the versions of a script are reviewed. A looser policy serves later submissions only. ' +
      'What is not named stays as it is.',
    examples: [
      ['stemma script policy tidy-marks', 'what applies'],
      ['stemma --as admin script policy tidy-marks --approvals 2', 'two people have to approve'],
      ['stemma --as admin script policy tidy-marks --tenant', 'the policy of the tenant again'],
    ],
  })
    .argument('<slug>', 'the script', readSlug)
    .option('--approvals <number>', 'how many approvals a version needs, 0 to 10', readApprovals)
    .option('--four-eyes', 'its author neither approves nor publishes a version')
    .option('--no-four-eyes', 'its author may')
    .addOption(new Option('--tenant', 'the policy of the tenant').conflicts(['approvals', 'fourEyes']))
    .option('--base <number>', 'the newest version you know (default: the newest there is)', readBase)
    .action(perform(policy));
}

function readApprovals(word: string): number {
  if (/^(\d|10)$/.test(word)) return Number(word);
  throw new InvalidArgumentError('It must be a whole number from 0 to 10.');
}

type Policy = NonNullable<Script['reviewPolicy']>;

/** `own` null: the tenant's applies. */
function tell(slug: string, own: Policy | null, tenants: Policy): string {
  const { requiredApprovals, fourEyes } = own ?? tenants;
  const many = `${requiredApprovals} approval${requiredApprovals === 1 ? '' : 's'}`;
  const whose = own === null ? ' This is the policy of the tenant.' : '';
  return `${slug} needs ${many}, ${fourEyes ? 'none of them by the author' : 'by the author, too'}.${whose}`;
}

async function policy({ api }: Session, slug: string, options: PolicyOptions): Promise<Shown> {
  const { approvals, fourEyes, tenant, base } = options;
  const [{ reviewPolicy: own, latestNumber }, { reviewPolicy: tenants }] = await Promise.all([
    api.call('showScript', { path: { slug } }),
    api.call('showOwnTenant', {}),
  ]);
  if (approvals === undefined && fourEyes === undefined && tenant !== true) {
    return { data: { slug, reviewPolicy: own }, text: () => tell(slug, own, tenants) };
  }
  const named = {
    ...(approvals !== undefined && { requiredApprovals: approvals }),
    ...(fourEyes !== undefined && { fourEyes }),
  };
  const next = tenant === true ? null : { ...tenants, ...own, ...named };
  const body = { policy: next, baseNumber: base ?? latestNumber };
  const data = await api.call('setReviewPolicy', { path: { slug }, body });
  return {
    data,
    text: () => `${data.changed ? 'From now on: ' : 'As before: '}${tell(slug, next, tenants)}`,
  };
}
