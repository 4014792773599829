import type { SettingValue } from './setting.js';
import type { settings } from './settings.js';

export type SettingKey = keyof typeof settings;

/** Every setting as read, frozen. Settings without a fallback may be `undefined`. */
export type Config = { readonly [Key in SettingKey]: SettingValue<(typeof settings)[Key]> };

/** A config in which the settings named by `Needed` are present. */
export type ConfigWith<Needed extends SettingKey> = Config & {
  readonly [Key in Needed]: NonNullable<Config[Key]>;
};

/** One setting that cannot be used, and what to do about it. */
export interface ConfigFault {
  readonly name: string;
  readonly message: string;
}
