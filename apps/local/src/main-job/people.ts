import { createClient } from '@stemma/client';
import type { Client } from '@stemma/client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Door } from './upload-file.js';

/** The principals of the story: the one who writes, and the one who judges. */
export type Person = 'author' | 'reviewer';

export type People = Readonly<Record<Person, Client>>;

/** Where a person knocks, with the key that the first start left in `credentialsDir`. */
export function doorOf(person: Person, baseUrl: string, credentialsDir: string): Door {
  return { baseUrl, apiKey: readFileSync(join(credentialsDir, person), 'utf8').trim() };
}

/** A client for each. */
export function openPeople(baseUrl: string, credentialsDir: string): People {
  const open = (person: Person): Client => createClient(doorOf(person, baseUrl, credentialsDir));
  return { author: open('author'), reviewer: open('reviewer') };
}
