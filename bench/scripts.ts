import { randomUUID } from 'node:crypto';
import { closedLoop } from './load.js';
import type { Answer, Rest } from './rest.js';

/** A script that is changed over and over, by one call at a time; `etag` and `position` are of its last change. */
export interface BenchScript {
  readonly slug: string;
  etag: string;
  position: string;
}

/** A position is `<logId>:<number>`, and the log is one. */
export function isAfter(one: BenchScript, other: BenchScript): boolean {
  const number = ({ position }: BenchScript): bigint => BigInt(position.slice(position.indexOf(':') + 1));
  return number(one) > number(other);
}

const kilobyte = 1_000;

/** About 1 KB, another one each time, so that no change is "already so". */
export const oneKilobyte = (): string =>
  `${randomUUID()} ${'lorem ipsum dolor sit amet '.repeat(40)}`.slice(0, kilobyte);

/** Makes `count` scripts, 64 at a time. */
export async function createScripts(rest: Rest, count: number): Promise<BenchScript[]> {
  const run = randomUUID().slice(0, 8);
  const scripts: BenchScript[] = [];
  const create = async (index: number): Promise<void> => {
    const slug = `bench-${run}-${index}`;
    const details = { name: slug, description: 'To be changed.', labels: ['bench'] };
    const answer = await rest.call({
      method: 'POST',
      path: '/v1/scripts',
      body: { slug, kind: 'code', details },
    });
    scripts[index] = { slug, etag: headerOf(answer, 'etag'), position: headerOf(answer, 'stemma-position') };
  };
  const lanes = 64;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (let index = lane; index < count; index += lanes) await create(index);
    }),
  );
  return scripts;
}

/** One command with all that a careful caller sends: the base as ETag, and a key that makes it safe to repeat. */
export async function changeDescription(
  rest: Rest,
  script: BenchScript,
  description: string,
): Promise<Answer> {
  const headers = { 'if-match': script.etag, 'idempotency-key': randomUUID() };
  const answer = await rest.call({
    method: 'PATCH',
    path: `/v1/scripts/${script.slug}`,
    headers,
    body: { description },
  });
  script.etag = headerOf(answer, 'etag');
  script.position = headerOf(answer, 'stemma-position');
  return answer;
}

/** Commands per second, `lanes` at a time over all scripts, no script by two lanes. */
export async function commandsPerSecond(
  rest: Rest,
  scripts: readonly BenchScript[],
  lanes: number,
  seconds: number,
) {
  const ofLane = (lane: number): readonly BenchScript[] =>
    scripts.filter((_, index) => index % lanes === lane);
  const own = Array.from({ length: lanes }, (_, lane) => ofLane(lane));
  return closedLoop({ lanes, seconds }, async (lane, round) => {
    const mine = own[lane] ?? [];
    const script = mine[round % mine.length];
    if (script !== undefined) await changeDescription(rest, script, oneKilobyte());
  });
}

/** Waits until the read model shows the last change of a script, though it is minutes behind. */
export async function untilVisible(rest: Rest, script: BenchScript, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await readChanged(rest, script);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

function headerOf(answer: Answer, name: string): string {
  const value = answer.headers[name];
  if (typeof value === 'string') return value;
  throw new Error(`The answer has no ${name}: ${answer.body}`);
}

/** The script as the read model knows it after its last change; waits for that. */
export async function readChanged(
  rest: Rest,
  script: BenchScript,
): Promise<{ readonly description: string }> {
  const headers = { 'stemma-min-position': script.position };
  const answer = await rest.call({ method: 'GET', path: `/v1/scripts/${script.slug}`, headers });
  return JSON.parse(answer.body) as { description: string };
}
