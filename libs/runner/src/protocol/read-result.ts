import { z } from 'zod';
import type { Json } from '../json.js';
import { failureReasons } from '../run-outcome.js';
import type { FailureReason, RunError } from '../run-outcome.js';
import type { Mask } from '../secrets/mask.js';
import { Breach } from './breach.js';
import { parseJson, parsePayload } from './parse-payload.js';
import { visibleText } from './visible-text.js';

/** Deeper values could not be written again as JSON (HAZARDS A3). */
const maxDepth = 400;

/** What a script returned. A `Breach` for what JSON cannot carry through every store. */
export function readResult(payload: Buffer): Json {
  const value = parseJson(payload);
  const fault = value === undefined ? 'is not JSON' : faultOf(value, payload);
  if (fault !== null) throw new Breach('result-invalid', `The result ${fault}.`);
  return value as Json;
}

/**
 * Why a value cannot be carried through every store: too deep, NUL, half characters, whole numbers that would be rounded
 * (HAZARDS A6); null when it can. `payload` is the JSON that it was read from.
 */
export function faultOf(value: unknown, payload: Buffer): string | null {
  return faultWithin(value) ?? roundedIn(payload);
}

/** Walks with a list of its own, not on the stack: the depth is the container's choice. */
function faultWithin(whole: unknown): string | null {
  let level: readonly unknown[] = [whole];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return `is nested deeper than ${maxDepth} levels`;
    const texts = level.flatMap((value) => textsOf(value));
    if (!texts.every((text) => text.isWellFormed() && !text.includes('\0'))) {
      return 'contains NUL or half a character (a lone surrogate) in a text';
    }
    level = level.flatMap((value) => childrenOf(value));
  }
  return null;
}

const textsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** A whole number beyond 2^53 as it was written; where no digits are so many, nothing is looked at. */
function roundedIn(payload: Buffer): string | null {
  const json = payload.toString();
  if (!/\d{16}/.test(json)) return null;
  for (const [token] of json.matchAll(textsAndNumbers)) {
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) {
      return `contains the number ${token.slice(0, 60)}, beyond 2^53 − 1: return it as a text`;
    }
  }
  return null;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return isObject(value) && !Array.isArray(value) ? Object.keys(value) : [];
}

function childrenOf(value: unknown): readonly unknown[] {
  return isObject(value) ? Object.values(value) : [];
}

const errorForm = z.object({
  kind: z.enum(failureReasons),
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
});

export interface ReportedFailure {
  readonly reason: FailureReason;
  readonly error: RunError;
}

/** Why a harness says that its script failed. */
export function readError(payload: Buffer, mask: Pick<Mask, 'text'>): ReportedFailure {
  const { kind, name, message, stack } = parsePayload(errorForm, 'error', payload);
  const shown = (text: string, length: number): string =>
    visibleText(mask.text(text).slice(0, length), { lines: true });
  return {
    reason: kind,
    error: {
      name: shown(name, 200),
      message: shown(message, 8_192),
      ...(stack === undefined ? {} : { stack: shown(stack, 16_384) }),
    },
  };
}
