import { createClient } from '@stemma/client';
import type { Client } from '@stemma/client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The principals of the story: the one who writes, and the one who judges. */
export type Person = 'author' | 'reviewer';

export type People = Readonly<Record<Person, Client>>;

/** A client for each, with the key that the first start left in `credentialsDir`. */
export function openPeople(baseUrl: string, credentialsDir: string): People {
  const open = (person: Person): Client =>
    createClient({ baseUrl, apiKey: readFileSync(join(credentialsDir, person), 'utf8').trim() });
  return { author: open('author'), reviewer: open('reviewer') };
}
