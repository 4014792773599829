/** What people see: plain lines, in colour where the stream is a terminal and NO_COLOR is not set. */
export interface Screen {
  readonly say: (line?: string) => void;
  readonly heading: (text: string) => void;
  /** A step that is done: ✓ what, detail, how long it took. */
  readonly done: (what: string, detail?: string, ms?: number) => void;
  readonly failed: (what: string, reason: string) => void;
  readonly warn: (text: string) => void;
  readonly error: (text: string) => void;
  readonly table: (head: readonly string[], rows: readonly (readonly string[])[]) => void;
  readonly paint: Paint;
}

export interface Paint {
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

function createPaint(colours: boolean): Paint {
  const wrap = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { dim: wrap(2), bold: wrap(1), green: wrap(32), red: wrap(31), yellow: wrap(33) };
}

const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A screen on `out`; `NO_COLOR` in `env` keeps it plain. */
export function createScreen(out: Output, env: NodeJS.ProcessEnv = process.env): Screen {
  const paint = createPaint(out.isTTY === true && !env['NO_COLOR']);
  const say = (line = ''): void => void out.write(`${line}\n`);
  return {
    say,
    paint,
    heading: (text) => say(`\n${paint.bold(text)}\n`),
    done: (what, detail = '', ms) => {
      const time = ms === undefined ? '' : paint.dim(duration(ms));
      say(
        `  ${paint.green('✓')} ${[what.padEnd(14), detail, time].filter((part) => part !== '').join('  ')}`,
      );
    },
    failed: (what, reason) => say(`  ${paint.red('✗')} ${what}: ${reason}`),
    warn: (text) => say(`  ${paint.yellow('!')} ${text}`),
    error: (text) => say(`  ${paint.red('✗')} ${paint.bold(text)}`),
    table: (head, rows) => {
      const [first = '', ...rest] = alignColumns([head, ...rows]);
      say(`    ${paint.dim(first)}`);
      for (const line of rest) say(`    ${line}`);
    },
  };
}
