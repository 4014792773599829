import { type Decider, Rejection } from '@stemma/decider';
import { createHash } from 'node:crypto';
import type { Envelope } from './command.js';
import type { NewEvent } from './event-store.js';

/** A small business for specs: a jar is opened, takes coins up to a hundred, and can be sealed. */
export type JarEvent =
  | { readonly type: 'JarOpened'; readonly data: { readonly label: string } }
  | { readonly type: 'CoinsAdded'; readonly data: { readonly coins: number } }
  | { readonly type: 'JarSealed'; readonly data: Record<string, never> };

interface JarMeta {
  readonly at: string;
}

export type JarCommand = { readonly meta: JarMeta } & (
  | { readonly kind: 'open'; readonly label: string }
  | { readonly kind: 'add'; readonly coins: number; readonly base?: number }
  | { readonly kind: 'seal' }
);

export interface Jar {
  readonly label: string | null;
  readonly coins: number;
  readonly sealed: boolean;
}

export const jarDecider: Decider<Jar, JarCommand, JarEvent, JarMeta> = {
  initial: { label: null, coins: 0, sealed: false },
  evolve(jar, event) {
    switch (event.type) {
      case 'JarOpened':
        return { ...jar, label: event.data.label };
      case 'CoinsAdded':
        return { ...jar, coins: jar.coins + event.data.coins };
      case 'JarSealed':
        return { ...jar, sealed: true };
    }
  },
  decide(jar, command) {
    switch (command.kind) {
      case 'open':
        if (jar.label !== null) throw new Rejection('jar-exists', 'Take another label.');
        return [{ type: 'JarOpened', data: { label: command.label } }];
      case 'add':
        return addCoins(jar, command.coins, command.base);
      case 'seal':
        return jar.sealed ? [] : [{ type: 'JarSealed', data: {} }];
    }
  },
};

/** Each coin is an event of its own, so that commands have several. */
function addCoins(jar: Jar, coins: number, base: number | undefined): JarEvent[] {
  if (jar.sealed) throw new Rejection('jar-sealed', 'Open another jar.');
  if (base !== undefined && base !== jar.coins) {
    throw new Rejection('stale-base', 'Count again.', { coins: jar.coins });
  }
  return Array.from({ length: coins }, () => ({ type: 'CoinsAdded', data: { coins: 1 } }));
}

const meta: JarMeta = { at: '2026-11-02T10:00:00.000Z' };
export const open = (label = 'blue'): JarCommand => ({ kind: 'open', label, meta });
export const add = (coins = 1, base?: number): JarCommand =>
  base === undefined ? { kind: 'add', coins, meta } : { kind: 'add', coins, base, meta };
export const seal: JarCommand = { kind: 'seal', meta };

/** A uuid that is always the same for the same words. */
export function idOf(...words: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function envelope(stream: string, commandId: string, bodyHash = 'body', at = meta.at): Envelope {
  return {
    commandId,
    bodyHash,
    metadata: { commandId, bodyHash, at },
    eventId: (index) => idOf(commandId, bodyHash, stream, String(index)),
  };
}

export const coin = (id: string): NewEvent => ({
  id: idOf(id),
  type: 'CoinsAdded',
  data: { coins: 1 },
  metadata: { note: id },
});

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
