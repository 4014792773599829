import type { Failure } from '../failure.js';
import type { Paint } from './paint.js';
import { plain } from './plain-text.js';

interface Fault {
  readonly path: string;
  readonly message: string;
}

const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value;

const faultsIn = (errors: unknown): readonly Fault[] => (Array.isArray(errors) ? errors.filter(isFault) : []);

const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `  ${line}`);

const sectionOf = (name: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`${name}:`, ...indented(lines)];

/** A failure for people: what is wrong, where exactly, how things stand, and what to do next. */
export function showFailure({ problem, next, now }: Failure, paint: Paint): string {
  const { title, detail, errors, instance, status, stack } = problem;
  const faults = faultsIn(errors)
    .map(({ path, message }) => `${path === '' ? 'the body' : path} ${message}`)
    .filter((fault) => !detail.includes(fault));
  const ours = typeof status === 'number' && status >= 500 && typeof instance === 'string';
  const lines = [
    `${paint.red(plain(title))}: ${plain(detail)}`,
    ...indented(faults.map(plain)),
    ...(now === undefined ? [] : [plain(now)]),
    ...sectionOf('Next', next.map(plain)),
    ...(ours ? [paint.dim(`For the operator: ${plain(instance)}`)] : []),
    ...(typeof stack === 'string' ? [paint.dim(plain(stack))] : []),
  ];
  return lines.join('\n');
}
