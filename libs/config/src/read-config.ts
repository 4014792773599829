import type { Config, ConfigFault, ConfigWith, SettingKey } from './config.js';
import type { Setting } from './setting.js';
import { unsafeSettings } from './refuse-unsafe.js';
import { settings } from './settings.js';

/** Thrown by `readConfig`, naming every fault at once. Values are not repeated: they may be secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly faults: readonly ConfigFault[]) {
    super(
      ['The settings cannot be used:', ...faults.map((fault) => `  ${fault.name} ${fault.message}`)].join(
        '\n',
      ),
    );
  }
}

type Read = { readonly value: unknown } | { readonly fault: ConfigFault };

function readSetting(setting: Setting, env: NodeJS.ProcessEnv, needed: boolean): Read {
  const given = env[setting.name]?.trim();
  const raw = given === undefined || given === '' ? setting.fallback : given;
  if (raw === undefined) {
    if (!needed) return { value: undefined };
    return {
      fault: { name: setting.name, message: `is missing. Wanted: ${setting.form}. ${setting.help}` },
    };
  }
  const parsed = setting.schema.safeParse(raw);
  if (parsed.success) return { value: parsed.data };
  const reasons = parsed.error.issues.map((issue) => issue.message).join('; ');
  const remedy =
    setting.fallback === undefined ? 'or leave it out' : `or leave it out for ${setting.fallback}`;
  return { fault: { name: setting.name, message: `${reasons}. Wanted: ${setting.form}, ${remedy}.` } };
}

/**
 * The settings of this process, from the environment. An empty variable counts as absent.
 * `needs` names settings that have no fallback and that this process cannot do without.
 *
 * @throws ConfigError with every fault
 */
export function readConfig<Needed extends SettingKey = never>(
  env: NodeJS.ProcessEnv = process.env,
  needs: readonly Needed[] = [],
): ConfigWith<Needed> {
  const faults: ConfigFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    const read = readSetting(setting, env, (needs as readonly string[]).includes(key));
    if ('fault' in read) faults.push(read.fault);
    else values[key] = read.value;
  }
  if (faults.length === 0 && values['environment'] === 'production') {
    faults.push(...unsafeSettings(values as Config));
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(values) as ConfigWith<Needed>;
}
