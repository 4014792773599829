import { describe, expect, it } from '@jest/globals';
import type { LineageRow } from '@stemma/projections/versions';
import { lineageDot, lineageMermaid, lineageOf } from './lineage-of.js';

const id = (number: number) => `00000000-0000-5000-8000-${String(number).padStart(12, '0')}`;

const version = (number: number, from: number | null, more: Partial<LineageRow> = {}): LineageRow => ({
  number,
  versionId: id(number),
  state: 'archived',
  contentHash: 'a'.repeat(64),
  derivedFromVersionId: from === null ? null : id(from),
  origin: 'saved',
  sameContentAs: null,
  changeSummary: null,
  createdBy: 'ann',
  createdAt: '2026-11-21T08:00:00.000Z',
  ...more,
});

const rows = [
  version(1, null),
  version(2, 1, { changeSummary: 'a "quoted" <b>\\n #1;' }),
  version(3, 2, { sameContentAs: 1 }),
  version(4, 1, { origin: 'rollback', state: 'active', sameContentAs: 1 }),
];

describe('the lineage of a script', () => {
  it('R-A7 has an edge from what each version was made of, and one between twins', () => {
    const { nodes, edges } = lineageOf('sales', rows, false);
    expect(nodes.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(edges).toEqual([
      { from: 1, to: 2, kind: 'saved' },
      { from: 2, to: 3, kind: 'saved' },
      { from: 1, to: 3, kind: 'same-content' },
      { from: 1, to: 4, kind: 'rollback' },
    ]);
  });

  it('leaves out edges to versions that it leaves out', () => {
    expect(lineageOf('sales', rows.slice(2), true)).toMatchObject({ edges: [], truncated: true });
  });

  it('is drawn by Graphviz, whatever authors wrote', () => {
    expect(lineageDot(lineageOf('sales', rows, false))).toBe(
      [
        'digraph "sales" {',
        '  rankdir=LR;',
        '  node [shape=box];',
        '  v1 [label="1 · archived\\nann"];',
        '  v2 [label="2 · archived\\nann\\na \\"quoted\\" <b>\\\\n #1;"];',
        '  v3 [label="3 · archived\\nann"];',
        '  v4 [label="4 · active\\nann", style=bold];',
        '  v1 -> v2;',
        '  v2 -> v3;',
        '  v1 -> v3 [label="same content", style=dotted, dir=none, constraint=false];',
        '  v1 -> v4 [label="rollback", style=dashed];',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('is drawn by Mermaid, whatever authors wrote', () => {
    const lines = lineageMermaid(lineageOf('sales', rows, false)).split('\n');
    expect(lines[2]).toBe('  v2["2 · archived<br/>ann<br/>a #34;quoted#34; #60;b#62;#92;n #35;1#59;"]');
    expect(lines.slice(5)).toEqual([
      '  v1 --> v2',
      '  v2 --> v3',
      '  v1 -. same content .- v3',
      '  v1 -. rollback .-> v4',
      '  style v4 stroke-width:3px',
      '',
    ]);
  });
});
