import { type Command, Option } from 'commander';
import { type AsOf, withMoment } from '../as-of.js';
import { describeCommand } from '../describe-command.js';
import { leaveOutAbsent } from '../leave-out-absent.js';
import type { Perform } from '../perform.js';
import { readSlug, readWhole } from '../read-arguments.js';
import type { Session } from '../session/open-session.js';
import { showLineage } from '../show/show-lineage.js';
import { plain } from '../show/plain-text.js';
import type { Shown } from '../shown.js';

interface LineageOptions extends AsOf {
  readonly format?: 'dot' | 'mermaid';
  readonly limit?: number;
}

export function addLineageCommand(script: Command, perform: Perform): void {
  withMoment(
    describeCommand(script, {
      usage: 'lineage',
      help: 'Show which version came from which.',
      examples: [
        ['stemma script lineage tidy-marks', 'as a tree'],
        ['stemma script lineage tidy-marks --format dot | dot -Tsvg > lineage.svg', 'as a picture'],
      ],
    }),
  )
    .argument('<slug>', 'the script', readSlug)
    .addOption(
      new Option('--format <language>', 'as a graph for Graphviz or Mermaid').choices(['dot', 'mermaid']),
    )
    .option('--limit <number>', 'so many of the newest versions (default: 1000)', readWhole)
    .action(perform(lineage));
}

async function lineage(
  { api, world, globals }: Session,
  slug: string,
  { format, limit, asOf }: LineageOptions,
): Promise<Shown> {
  if (format === undefined || globals.json === true) {
    const data = await api.call('showLineage', { path: { slug }, query: leaveOutAbsent({ limit, asOf }) });
    return { data, text: (view) => showLineage(data, view) };
  }
  const text = await api.text('showLineage', {
    path: { slug },
    query: { format, ...leaveOutAbsent({ limit, asOf }) },
  });
  return { data: text, verbatim: true, text: () => (world.stdout.isTTY === true ? plain(text) : text) };
}
