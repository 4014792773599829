import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Permission, rolesWith } from '../apps/api/src/identity/permissions.js';
import {
  type Cell,
  cells,
  COMMANDS,
  outcomeOf,
  RUN_SITUATIONS,
  runOutcomeOf,
  SITUATIONS,
  wordOf,
} from '../libs/domain/src/script/governance-table.fixtures.js';

const page = new URL('../docs/governance.md', import.meta.url);
const USUAL = { person: 'another', policy: 'one approval, four eyes' } as const;
const marks: Readonly<Record<string, string>> = { '+': '**yes**', '=': 'already so' };
const shown = (cell: Cell): string => {
  const word = wordOf(outcomeOf(cell));
  return marks[word] ?? `\`${word}\``;
};

type Command = Cell['command'];
const commands = Object.keys(COMMANDS) as Command[];
const line = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { operationId: string; 'x-access': string }>>>
  >;
}

/** The permission of each command, from the document of the API: operation `publishVersion` is command `PublishVersion`. */
function permissions(): ReadonlyMap<string, Permission> {
  const text = readFileSync(new URL('../docs/openapi.json', import.meta.url), 'utf8');
  const { paths } = JSON.parse(text) as Document;
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return new Map(operations.map((one) => [one.operationId.toLowerCase(), one['x-access'] as Permission]));
}

function roleTable(): readonly string[] {
  const access = permissions();
  return commands.map((command) => {
    const permission = access.get(command.toLowerCase());
    if (!permission) throw new Error(`${command} has no operation in the API`);
    return line([command, `\`${permission}\``, rolesWith(permission).join(', ')]);
  });
}

function situationTable(): readonly string[] {
  const situations = Object.keys(SITUATIONS);
  return [
    line(['version 1 is', ...situations]),
    line(['---', ...situations.map(() => '---')]),
    ...commands.map((command) =>
      line([command, ...situations.map((situation) => shown({ command, situation, ...USUAL }))]),
    ),
  ];
}

/** Only the cells in which person or policy make a difference, those that differ alike in one line. */
function differenceTable(): readonly string[] {
  const differing = cells.filter((cell) => shown(cell) !== shown({ ...cell, ...USUAL }));
  const alike = Map.groupBy(differing, (cell) =>
    [cell.command, cell.person, cell.policy, shown(cell)].join('|'),
  );
  return [...alike].map(([key, those]) => {
    const [command = '', person = '', policy = '', word = ''] = key.split('|');
    return line([command, person, policy, those.map(({ situation }) => situation).join('; '), word]);
  });
}

const RUNS = [
  ['production', 'one_off', 'user', 'production, of any type but `embedded`'],
  ['production', 'embedded', 'user', 'production, `embedded`, by a person'],
  ['production', 'embedded', 'service', 'production, `embedded`, by a service'],
  ['sandbox', 'embedded', 'user', 'sandbox, of any type, by anybody'],
] as const;

/** Which version a run is of that names none, for the kinds of runs that differ. */
function runTable(): readonly string[] {
  const situations = Object.keys(RUN_SITUATIONS);
  const cellOf = (word: string): string => (/^[0-9]+$/.test(word) ? `version ${word}` : `\`${word}\``);
  return [
    line(['version 1 is', ...situations]),
    line(['---', ...situations.map(() => '---')]),
    ...RUNS.map(([context, type, by, words]) =>
      line([
        words,
        ...situations.map((situation) =>
          cellOf(runOutcomeOf({ type, wanted: { context, by, number: null }, situation })),
        ),
      ]),
    ),
  ];
}

const written = (): string => `# Who may do what to a script, and when

Written from the code by \`npm run -s governance\`; do not edit. The rules behind it are in \`libs/domain/src/script/\`, one
file per command. The full product of commands × situations × persons × policies (${cells.length} cells) is walked by
\`governance-table.spec.ts\`, and that of operations × roles by \`apps/api/src/tenants.e2e.spec.ts\`.

## Roles

A command needs one permission; any of the roles that have it will do.

${line(['command', 'permission', 'roles'])}
${line(['---', '---', '---'])}
${roleTable().join('\n')}

## Situations

For somebody who is not the author of version 1, with one approval and four eyes. Commands that name a version name version
1. **yes** stores events; *already so* answers 200 and stores nothing; anything else is the refusal, which stores nothing.

${situationTable().join('\n')}

## Runs

Which version a run is of that names none, or why it is refused.

${runTable().join('\n')}

## Where person or policy make a difference

${line(['command', 'who', 'policy', 'version 1 is', 'then'])}
${line(['---', '---', '---', '---', '---'])}
${differenceTable().join('\n')}

## What was decided where the words left it open

- **Four eyes** compares persons, not keys: a person's other key and other roles are the same person, and so are two
  spellings of one name (NFKC, upper and lower case). The author of a version neither approves nor publishes it, by breaking
  the glass neither. Rolling back goes to content that passed, and may be done by its author.
- **An approval counts as it was given.** An approver who loses the role, or leaves, before the publish has approved all the
  same: the log says who looked at which content when (R-A15). Whoever doubts it requests changes, which ends the round.
- **Policies**: the stricter of submit-time and now binds an open review. A script's own policy goes before the tenant's.
- **Triggers**: a \`cron\` or \`http\` script has its trigger before a version is published; taking the trigger away later only
  stops its runs. \`one_off\` and \`embedded\` scripts take none.
- **Embedded** scripts are parts of services: in production only a principal of kind \`service\` runs them. Whoever writes one
  tries it in the sandbox. An embedding key is no part of this: it names a vector in an index elsewhere, for any type.
- **Pruning** takes a version that either rule names, counted since it was archived, or saved if it never was active.
- **Archiving** without a successor is on purpose: \`archiveVersion\`. Zero active by accident does not exist.
`;

describe('docs/governance.md (else: npm run -s governance)', () => {
  it('says what the code does', () => {
    if (process.env['WRITE_PAGES'] === 'yes') writeFileSync(page, written());
    expect(readFileSync(page, 'utf8')).toBe(written());
  });
});
