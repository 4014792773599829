import { z } from 'zod';

const instant = z.iso.datetime();
const about = {
  name: z.string(),
  version: z.int().describe('Of the value: each new one is the next, also after a removal'),
  description: z.string().nullable(),
  sandbox: z.boolean().describe('Whether runs in the sandbox are given it, too'),
};

/** Never the value: it is shown to nobody (HAZARDS A8). */
export const secretSchema = z.strictObject({
  ...about,
  createdAt: instant,
  createdBy: z.string(),
  setAt: instant,
  setBy: z.string(),
});

export type SecretShown = z.output<typeof secretSchema>;

export const secretListSchema = z.strictObject({
  items: z.array(secretSchema),
  next: z.string().nullable().describe('`after` of the next page; null on the last one'),
});

export const setSecretAnswer = z.strictObject(about);

export const secretAnswer = z.strictObject({ name: z.string(), changed: z.boolean() });

export const rewrapAnswer = z.strictObject({
  masterKeyId: z.string().describe('The one that wraps them all now'),
  rewrapped: z.int(),
  current: z.int().describe('Were under it already'),
  unreadable: z.int().describe('Their master key is not configured: add it, or set these secrets again'),
});
