/** A line of a process's log that people should see at once. */
export interface Notice {
  readonly level: 'warn' | 'error';
  readonly text: string;
}

interface JsonLine {
  readonly level?: unknown;
  readonly msg?: unknown;
  readonly err?: { readonly message?: unknown };
}

const levels: Readonly<Record<string, Notice['level']>> = { warn: 'warn', error: 'error', fatal: 'error' };

function fromJson(line: string): Notice | undefined {
  try {
    const { level, msg, err } = JSON.parse(line) as JsonLine;
    const shown = levels[String(level)];
    if (shown === undefined) return undefined;
    const said = typeof msg === 'string' ? msg : '';
    const reason = typeof err?.message === 'string' && err.message !== said ? err.message : '';
    return { level: shown, text: [said, reason].filter((part) => part !== '').join(': ') };
  } catch {
    return undefined;
  }
}

/** What PostgreSQL calls fatal ends one connection; these happen in every start and stop. */
const routine =
  /starting up|shutting down|not yet accepting|terminating connection|terminating background worker/;

function fromPostgres(line: string): Notice | undefined {
  const [, severity, text = ''] = /\b(FATAL|PANIC):\s+(.*)/.exec(line) ?? [];
  return severity === undefined || routine.test(text) ? undefined : { level: 'error', text };
}

function fromDocker(line: string): Notice | undefined {
  const text = /level=(?:error|fatal) msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return text === undefined ? undefined : { level: 'error', text };
}

/** What of a log line belongs on the terminal: warnings and errors, in words. The rest stays in the log file. */
export function worthShowing(process: string, line: string): Notice | undefined {
  if (line.startsWith('{')) return fromJson(line);
  if (process === 'postgres') return fromPostgres(line);
  return process === 'docker' ? fromDocker(line) : undefined;
}

/** Tells a text from one that was already let through within the last `ms`: what goes on for minutes is said once a minute. */
export function notSaidLately(
  ms: number,
  now: () => number = () => performance.now(),
): (text: string) => boolean {
  const said = new Map<string, number>();
  return (text) => {
    const at = now();
    for (const [old, when] of said) if (at - when >= ms) said.delete(old);
    if (said.has(text)) return false;
    said.set(text, at);
    return true;
  };
}
