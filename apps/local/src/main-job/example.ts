import type { Arguments } from '@stemma/client';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../servers/node-process.js';

type SaveDraft = Arguments<'saveDraft'>['body'];
type RequestRun = NonNullable<Arguments<'requestRun'>['body']>;

/** `examples/<slug>/example.json` as it stands. */
interface Manifest {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly labels: readonly string[];
  readonly runtime: 'node' | 'python' | 'shell';
  readonly entrypoint: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly versions: readonly { readonly source: string; readonly changeSummary: string }[];
  readonly reviewNote: string;
  /** Both are files of the example's directory. */
  readonly run: { readonly input: string; readonly files: readonly string[] };
}

/** A script to be led through its life, and the real input it is for. */
export interface Example extends Pick<Manifest, 'slug' | 'runtime' | 'reviewNote'> {
  readonly details: Pick<Manifest, 'name' | 'description' | 'labels'>;
  /** The first, the good and the bad one. */
  readonly versions: readonly [ExampleVersion, ExampleVersion, ExampleVersion];
  /** What the active version is called with; `files` are paths. */
  readonly run: { readonly input: RequestRun['input']; readonly files: readonly string[] };
  /** Of all that is stored: a changed example is another one. */
  readonly fingerprint: string;
}

export interface ExampleVersion {
  readonly content: SaveDraft['content'];
  readonly changeSummary: string;
}

export const exampleNames = ['clean-sales', 'word-report'] as const;

function three(versions: readonly ExampleVersion[]): Example['versions'] {
  const [first, good, bad, ...more] = versions;
  if (first === undefined || good === undefined || bad === undefined || more.length > 0) {
    throw new Error('An example has three versions: a first, a good and a bad one.');
  }
  return [first, good, bad];
}

/** Reads the example in `examples/<name>`. */
export function readExample(name: string): Example {
  const dir = join(root, 'examples', name);
  const manifest = JSON.parse(readFileSync(join(dir, 'example.json'), 'utf8')) as Manifest;
  const { slug, runtime, entrypoint, inputSchema, settings, reviewNote } = manifest;
  const versions = manifest.versions.map(({ source, changeSummary }) => ({
    content: { runtime, entrypoint, source: readFileSync(join(dir, source), 'utf8'), inputSchema, settings },
    changeSummary,
  }));
  const details = { name: manifest.name, description: manifest.description, labels: manifest.labels };
  const stored = JSON.stringify([slug, details, versions, reviewNote]);
  return {
    slug,
    runtime,
    reviewNote,
    details,
    versions: three(versions),
    run: {
      input: JSON.parse(readFileSync(join(dir, manifest.run.input), 'utf8')) as RequestRun['input'],
      files: manifest.run.files.map((file) => join(dir, file)),
    },
    fingerprint: createHash('sha256').update(stored).digest('hex').slice(0, 32),
  };
}
