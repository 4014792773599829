import type { AnswerOf } from '@stemma/client';
import type { View } from '../session/open-session.js';
import { paintState } from './paint.js';
import { onOneLine, plain } from './plain-text.js';

type Lineage = AnswerOf<'showLineage'>;
type Node = Lineage['nodes'][number];

/** The versions as a tree: a line of descent goes straight down, another one from the same version is set in. */
export function showLineage({ nodes, edges, truncated }: Lineage, { paint }: View): string {
  if (nodes.length === 0) return 'There is no version yet.';
  const made = edges.filter(({ kind }) => kind !== 'same-content');
  const children = Map.groupBy(made, ({ from }) => from);
  const kinds = new Map(made.map(({ to, kind }) => [to, kind]));
  const byNumber = new Map(nodes.map((node) => [node.number, node]));
  const lines: string[] = [];
  const told = (node: Node): string => {
    const kind = kinds.get(node.number);
    const how = kind === undefined || kind === 'saved' ? '' : paint.yellow(` ${kind}`);
    const why = node.changeSummary === null ? '' : `  ${onOneLine(node.changeSummary, 60)}`;
    const state = paintState(node.state, paint);
    return `${paint.bold(String(node.number))}${how}  ${state}  ${plain(node.createdBy)}${why}`;
  };
  // A stack and no recursion: a line of descent can be thousands of versions long.
  const roots = nodes.filter(({ number }) => !kinds.has(number));
  const stack = roots.toReversed().map((node) => ({ node, indent: '', mark: '' }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, indent, mark } = next;
    lines.push(indent + mark + told(node));
    const heirs = (children.get(node.number) ?? []).flatMap(({ to }) => byNumber.get(to) ?? []);
    const [first, ...others] = heirs;
    if (first !== undefined) stack.push({ node: first, indent, mark: '' });
    for (const other of others.toReversed()) stack.push({ node: other, indent: `${indent}  `, mark: '↳ ' });
  }
  if (truncated) lines.push(paint.dim('There are older versions: raise --limit.'));
  return lines.join('\n');
}
