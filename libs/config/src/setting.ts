import type { z } from 'zod';

/** The processes that read settings; a setting names those that use it. */
export type ProcessName = 'local' | 'event-node' | 'api' | 'projector' | 'worker' | 'cli';

/**
 * How much of a value may be shown: `public` as it stands, `url` without user and password, `secret` not at all.
 */
export type Exposure = 'public' | 'url' | 'secret';

/** One setting of the environment. `schema` reads the raw text; without `fallback` the setting may be absent. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: Schema;
  readonly fallback?: string;
  /** The form of a value, for people: `port`, `bytes`, `esdb://…`. */
  readonly form: string;
  readonly help: string;
  readonly usedBy: readonly ProcessName[];
  readonly exposure: Exposure;
}

/** What a setting reads as: never `undefined` when it has a fallback. */
export type SettingValue<S> = S extends { schema: infer Schema extends z.ZodType; fallback: string }
  ? z.output<Schema>
  : S extends { schema: infer Schema extends z.ZodType }
    ? z.output<Schema> | undefined
    : never;
