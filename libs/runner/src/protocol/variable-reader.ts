import { z } from 'zod';

import type { RunVariable, RunVariableType } from '../run-outcome.js';
import type { Mask } from '../secrets/mask.js';
import { Breach } from './breach.js';
import { parsePayload } from './parse-payload.js';
import { readResult } from './read-result.js';

const form = z.tuple([z.string().max(200), z.json()]);
const nameForm = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const MOST = Object.freeze({ variables: 64, bytes: 64 * 1024 });

/** Takes the variables that a script sets: known names and types only, under their caps; the last word counts. */
export function createVariableReader(
  declared: Readonly<Record<string, RunVariableType>> | null,
  mask: Pick<Mask, 'text'>,
): (payload: Buffer) => RunVariable {
  const names = new Set<string>();
  let bytesLeft = MOST.bytes;
  return (payload) => {
    bytesLeft -= payload.length;
    if (bytesLeft < 0) throw refused(`its variables have more than ${MOST.bytes} bytes`);
    const [name, value] = parsePayload(form, 'variable', payload);
    if (!nameForm.test(name)) throw refused('the name of a variable is not A-Z a-z 0-9 _ -, a letter first');
    if (mask.text(name) !== name) throw refused('the name of a variable holds a secret');
    names.add(name);
    if (names.size > MOST.variables) throw refused(`it set more than ${MOST.variables} variables`);
    const type = typeOf(value);
    const wanted = declared === null ? type : Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (wanted === undefined) throw refused(`its version declares no variable ${name}`);
    if (wanted !== 'json' && wanted !== type)
      throw refused(`the variable ${name} is a ${wanted}, not ${type}`);
    readResult(Buffer.from(JSON.stringify(value)));
    if (typeof value === 'number' && mask.text(`${value}`) !== `${value}`)
      throw refused(`the variable ${name} holds a secret`);
    return { name, type: wanted, value: value };
  };
}

const refused = (why: string): Breach => new Breach('variable-refused', `A variable was refused: ${why}.`);

function typeOf(value: unknown): RunVariableType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'json';
}
