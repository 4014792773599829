import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The last position token of each API, kept between invocations: who pushes and then lists sees the push. */
export interface PositionMemory {
  readonly recall: () => string | undefined;
  readonly keep: (token: string | undefined) => void;
  readonly forget: () => void;
}

type Tokens = Readonly<Record<string, string>>;

const FORM = /^(.+):(\d{1,19})$/;

function read(file: string): Tokens {
  try {
    const tokens: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof tokens !== 'object' || tokens === null) return {};
    return Object.fromEntries(
      Object.entries(tokens).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}

/** A memory that cannot be written costs freshness, never the command. */
function write(file: string, tokens: Tokens): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch {
    return;
  }
}

/** Whether `old` stands later in the same log: a slow command never takes back what a quick one has seen. */
function isLater(old: string | undefined, token: string): boolean {
  const [, oldLog, oldPosition] = FORM.exec(old ?? '') ?? [];
  const [, log, position] = FORM.exec(token) ?? [];
  if (oldLog === undefined || oldLog !== log) return false;
  return BigInt(oldPosition ?? 0) >= BigInt(position ?? 0);
}

/** The memory of the API at `url`, in `<stateDir>/cli-positions.json`. */
export function openPositionMemory(stateDir: string, url: string): PositionMemory {
  const file = path.join(stateDir, 'cli-positions.json');
  return {
    recall: () => read(file)[url],
    keep: (token) => {
      if (token === undefined) return;
      const tokens = read(file);
      if (!isLater(tokens[url], token)) write(file, { ...tokens, [url]: token });
    },
    forget: () => {
      const { [url]: _, ...others } = read(file);
      write(file, others);
    },
  };
}
