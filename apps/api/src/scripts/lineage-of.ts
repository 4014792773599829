import type { lineageSchema } from '@stemma/contracts';
import type { LineageRow } from '@stemma/projections/versions';
import type { z } from 'zod';

export type Lineage = z.output<typeof lineageSchema>;
type Edge = Lineage['edges'][number];

/** The versions as a graph. What came from a version that is not among them has no edge. */
export function lineageOf(slug: string, rows: readonly LineageRow[], truncated: boolean): Lineage {
  const numbers = new Map(rows.map(({ versionId, number }) => [versionId, number]));
  const known = new Set(numbers.values());
  return {
    slug,
    nodes: rows.map(({ derivedFromVersionId: _, origin: _origin, sameContentAs: _same, ...node }) => node),
    edges: rows.flatMap((row): Edge[] => {
      const { number: to, derivedFromVersionId, origin, sameContentAs } = row;
      const from = numbers.get(derivedFromVersionId ?? '');
      const made: Edge[] = from === undefined ? [] : [{ from, to, kind: origin }];
      const twin = sameContentAs !== null && sameContentAs !== from && known.has(sameContentAs);
      return twin ? [...made, { from: sameContentAs, to, kind: 'same-content' }] : made;
    }),
    truncated,
  };
}

const line = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 60);

type Node = Lineage['nodes'][number];

const wordsOf = ({ number, state, createdBy, changeSummary }: Node): readonly string[] => [
  `${number} · ${state.replace('_', ' ')}`,
  createdBy,
  ...(changeSummary === null || changeSummary === '' ? [] : [line(changeSummary)]),
];

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const dotStyle: Readonly<Record<Edge['kind'], string>> = {
  saved: '',
  rollback: ' [label="rollback", style=dashed]',
  import: ' [label="import"]',
  'same-content': ' [label="same content", style=dotted, dir=none, constraint=false]',
};

/** For Graphviz: `dot -Tsvg`. */
export function lineageDot({ slug, nodes, edges }: Lineage): string {
  const label = (node: Node) =>
    wordsOf(node)
      .map((word) => quoted(word).slice(1, -1))
      .join('\\n');
  const style = (node: Node) => (node.state === 'active' ? ', style=bold' : '');
  return [
    `digraph ${quoted(slug)} {`,
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes.map((node) => `  v${node.number} [label="${label(node)}"${style(node)}];`),
    ...edges.map(({ from, to, kind }) => `  v${from} -> v${to}${dotStyle[kind]};`),
    '}',
    '',
  ].join('\n');
}

const mermaidArrow: Readonly<Record<Edge['kind'], string>> = {
  saved: '-->',
  rollback: '-. rollback .->',
  import: '-- import -->',
  'same-content': '-. same content .-',
};

/** Every character that means something to Mermaid or to HTML, by its number. */
const mermaidText = (text: string): string =>
  text.replaceAll(/[^\p{L}\p{N} ·.,:_-]/gu, (character) => `#${character.codePointAt(0) ?? 32};`);

/** For Mermaid, which many pages draw by themselves. */
export function lineageMermaid({ nodes, edges }: Lineage): string {
  return [
    'flowchart LR',
    ...nodes.map((node) => `  v${node.number}["${wordsOf(node).map(mermaidText).join('<br/>')}"]`),
    ...edges.map(({ from, to, kind }) => `  v${from} ${mermaidArrow[kind]} v${to}`),
    ...nodes
      .filter(({ state }) => state === 'active')
      .map(({ number }) => `  style v${number} stroke-width:3px`),
    '',
  ].join('\n');
}
