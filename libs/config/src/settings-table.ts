import type { Setting } from './setting.js';
import { settings } from './settings.js';

const cell = (text: string): string => text.replaceAll('|', '\\|');

function row(setting: Setting): string {
  const fallback = setting.fallback === undefined ? '–' : `\`${setting.fallback}\``;
  const secret = setting.exposure === 'secret' ? ' **Secret.**' : '';
  const cells = [
    `\`${setting.name}\``,
    cell(setting.form),
    fallback,
    setting.usedBy.join(', '),
    cell(setting.help) + secret,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Every setting as a Markdown table. */
export function settingsTable(): string {
  const head = ['| setting | form | default | used by | what it does |', '|---|---|---|---|---|'];
  return [...head, ...Object.values(settings).map(row)].join('\n');
}

/** The whole of docs/configuration.md. */
export function settingsPage(): string {
  return `# Configuration

Every setting is an environment variable with one meaning for every process, for \`npm start\` and for
\`docker-compose.yml\`. An empty variable counts as absent. A process that cannot use its settings says all that is
wrong with them at once and does not start.

This page is made from \`libs/config/src/settings.ts\` by \`npm run -s settings\`; do not edit it by hand.

${settingsTable()}
`;
}
