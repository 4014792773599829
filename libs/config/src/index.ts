export { ConfigError, readConfig } from './read-config.js';
export type { Config, ConfigFault, ConfigWith, SettingKey } from './config.js';
export type { Exposure, ProcessName, Setting } from './setting.js';
export { settings } from './settings.js';
export { settingsPage, settingsTable } from './settings-table.js';
export { secretSettingNames, showConfig, withoutCredentials } from './show-config.js';
