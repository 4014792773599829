import { usageFailure } from '../failure.js';
import type { World } from '../world.js';

const BACK = new Set(['\b', '\u007f']);
const ENTER = new Set(['\r', '\n', '\u0004']);
const GIVE_UP = '\u0003';

/** Asks somebody at a terminal for a line that is shown nowhere: not while it is typed, and not after. */
export async function askHidden({ stdin, stderr }: World, question: string): Promise<string> {
  stderr.write(question);
  stdin.setRawMode?.(true);
  try {
    return await readLine(stdin);
  } finally {
    stdin.setRawMode?.(false);
    stderr.write('\n');
  }
}

async function readLine(stdin: World['stdin']): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: false });
  let typed: readonly string[] = [];
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    for (const sign of decoder.decode(chunk, { stream: true })) {
      if (ENTER.has(sign)) return typed.join('');
      if (sign === GIVE_UP) throw usageFailure('Nothing was done: you gave up.');
      typed = BACK.has(sign) ? typed.slice(0, -1) : [...typed, sign];
    }
  }
  return typed.join('');
}
