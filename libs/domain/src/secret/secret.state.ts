import type { Sealed, SecretEvent } from './secret.events.js';

interface Counted {
  /** The newest; 0 before the first. */
  readonly version: number;
  /** The one it lives, or the last one; 0 before the first. */
  readonly life: number;
}

export interface Secret extends Counted {
  readonly exists: true;
  readonly secretId: string;
  readonly name: string;
  readonly sealed: Sealed;
  readonly description: string | null;
  readonly sandbox: boolean;
}

export type SecretState = ({ readonly exists: false } & Counted) | Secret;

export const noSecret: SecretState = Object.freeze({ exists: false, version: 0, life: 0 });

export function evolveSecret(state: SecretState, event: SecretEvent): SecretState {
  if (event.type === 'SecretSet') return { exists: true, ...event.data };
  if (!state.exists) throw new Error(`${event.type} of a secret that is not set: the stream is damaged`);
  switch (event.type) {
    case 'SecretDescribed': {
      const { description, sandbox } = event.data;
      return { ...state, description, sandbox };
    }
    case 'SecretRemoved':
      return { exists: false, version: state.version, life: state.life };
  }
}

/** The life that the next value belongs to. */
export const nextLife = ({ exists, life }: SecretState): number => (exists ? life : life + 1);
