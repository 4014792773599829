import type { Config } from './config.js';
import type { Setting } from './setting.js';
import { settings } from './settings.js';

/**
 * `url` without its user, password and query, which may carry credentials; `[hidden]` when it is not a URL.
 * Cuts at the last `@`: a password that nobody encoded may hold any sign.
 */
export function withoutCredentials(url: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url);
  if (match?.[1] === undefined || match[2] === undefined) return '[hidden]';
  const place = match[2].slice(match[2].lastIndexOf('@') + 1);
  return match[1] + place.replace(/[?#].*$/s, '');
}

function shown(setting: Setting, value: unknown): string {
  if (setting.exposure === 'secret') return '[hidden]';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return setting.exposure === 'url' ? withoutCredentials(text) : text;
}

/** The settings that have a value, by name, fit for a log: secrets and credentials are left out. */
export function showConfig(config: Config): Readonly<Record<string, string>> {
  const entries = Object.entries(settings).flatMap(([key, setting]) => {
    const value = config[key as keyof Config];
    return value === undefined ? [] : [[setting.name, shown(setting, value)] as const];
  });
  return Object.freeze(Object.fromEntries(entries));
}

/** The names of settings whose values may hold a secret, for redaction. */
export const secretSettingNames: readonly string[] = Object.values(settings)
  .filter((setting) => setting.exposure !== 'public')
  .map((setting) => setting.name);
