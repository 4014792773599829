import { z } from 'zod';
import type { Json } from '../json.js';
import type { RunVariable, RunVariableType } from '../run-outcome.js';
import type { Mask } from '../secrets/mask.js';
import { Breach } from './breach.js';
import { parsePayload } from './parse-payload.js';
import { faultOf } from './read-result.js';

/** Any JSON: a form of it would be walked on the stack, and how deep it is the container chooses (HAZARDS A3). */
const form = z.tuple([z.string().max(200), z.unknown()]);
const nameForm = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const MOST = Object.freeze({ variables: 64, bytes: 64 * 1024 });

type Declared = Readonly<Record<string, RunVariableType>> | null;

/** Takes the variables that a script sets: known names and types only, under their caps; the last word counts. */
export function createVariableReader(
  declared: Declared,
  mask: Pick<Mask, 'text'>,
): (payload: Buffer) => RunVariable {
  const names = new Set<string>();
  let bytesLeft = MOST.bytes;
  return (payload) => {
    bytesLeft -= payload.length;
    if (bytesLeft < 0) throw refused(`its variables have more than ${MOST.bytes} bytes`);
    const [name, value] = parsePayload(form, 'variable', payload);
    requireName(name, mask);
    names.add(name);
    if (names.size > MOST.variables) throw refused(`it set more than ${MOST.variables} variables`);
    const fault = faultOf(value, payload);
    if (fault !== null) throw refused(`the variable ${name} ${fault}`);
    if (typeof value === 'number' && mask.text(`${value}`) !== `${value}`)
      throw refused(`the variable ${name} holds a secret`);
    return { name, type: typeFor(name, typeOf(value), declared), value: value as Json };
  };
}

function requireName(name: string, mask: Pick<Mask, 'text'>): void {
  if (!nameForm.test(name)) throw refused('the name of a variable is not A-Z a-z 0-9 _ -, a letter first');
  if (mask.text(name) !== name) throw refused('the name of a variable holds a secret');
}

/** As the version declares it. What is declared as JSON may be anything. */
function typeFor(name: string, type: RunVariableType, declared: Declared): RunVariableType {
  if (declared === null) return type;
  const wanted = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (wanted === undefined) throw refused(`its version declares no variable ${name}`);
  if (wanted === 'json' || wanted === type) return wanted;
  throw refused(`the variable ${name} is a ${wanted}, not ${type}`);
}

const refused = (why: string): Breach => new Breach('variable-refused', `A variable was refused: ${why}.`);

function typeOf(value: unknown): RunVariableType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'json';
}
