import type { AnswerOf } from '@stemma/client';
import type { Screen } from '../screen.js';

type Run = AnswerOf<'showRun'>;
type Line = AnswerOf<'readLog'>['lines'][number];

const shownLines = 12;
const shownWidth = 110;

/** What a script said may hold anything: on a terminal it is text and no command. */
const plain = (text: string): string => text.replace(/(?!\t)\p{Cc}/gu, '�');

const cut = (text: string): string => (text.length > shownWidth ? `${text.slice(0, shownWidth - 1)}…` : text);

const sizeOf = (bytes: number): string => (bytes < 1_000 ? `${bytes} B` : `${(bytes / 1_000).toFixed(1)} kB`);

function sayLines(screen: Screen, lines: readonly string[]): void {
  for (const line of lines.slice(0, shownLines)) screen.say(`    ${cut(plain(line))}`);
  if (lines.length > shownLines)
    screen.say(screen.paint.dim(`    … ${lines.length - shownLines} more lines`));
}

/** JSON with one line for each member: `JSON.stringify` spreads a result over a page. */
function shortJson(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [JSON.stringify(value)];
  const members = Object.entries(value).map(
    ([name, member]) => `  ${JSON.stringify(name)}: ${JSON.stringify(member)}`,
  );
  return ['{', ...members.map((text, at) => (at < members.length - 1 ? `${text},` : text)), '}'];
}

interface Shown {
  readonly run: Run;
  readonly replayed: boolean;
  readonly lines: readonly Line[];
  readonly output: unknown;
}

/** How a run went, what it said and what came out. */
export function showRun(screen: Screen, { run, replayed, lines, output }: Shown): void {
  const on = run.files.map(({ name }) => plain(name)).join(', ');
  const what = `version ${run.number} run in a container${on === '' ? '' : ` on ${on}`}`;
  const how = replayed ? `${run.status}, by an earlier start` : run.status;
  screen.say();
  if (run.status === 'completed') screen.done(what.padEnd(38), how, run.runMs ?? undefined);
  screen.heading('  What it said');
  sayLines(
    screen,
    lines.map(({ stream, level, message }) => `${(stream === 'log' ? level : stream).padEnd(7)}${message}`),
  );
  if (run.status !== 'completed') return;
  screen.heading('  What it returned');
  sayLines(screen, shortJson(output));
  screen.heading('  What it wrote');
  screen.table(
    ['artifact', 'size'],
    run.artifacts.map(({ name, size }) => [plain(name), sizeOf(size)]),
  );
}

/** The first lines of a text that a run wrote. */
export function showArtifact(screen: Screen, name: string, text: string): void {
  screen.heading(`  ${plain(name)}`);
  sayLines(screen, text.trimEnd().split('\n'));
}
