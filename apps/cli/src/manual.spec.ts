import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { furnishDirectory, runIn } from './run-cli.fixtures.js';

const page = new URL('../../../docs/cli.md', import.meta.url);

describe('docs/cli.md', () => {
  it('is what the commands say; else run: npm run -s stemma -- manual > docs/cli.md', async () => {
    const { out } = await runIn({ directory: furnishDirectory() }, 'manual');
    expect(readFileSync(page, 'utf8')).toBe(out);
  });

  it('holds the help of every command, with examples', async () => {
    const { out } = await runIn({ directory: furnishDirectory() }, 'manual');
    const [, ...sections] = out.split(/^## /m);
    for (const section of sections) {
      const name = section.slice(0, section.indexOf('\n'));
      expect(section).toContain(`Usage: ${name} `);
      if (!section.includes('\nCommands:\n')) expect(section).toContain('Examples:\n  stemma ');
    }
    expect(sections.length).toBeGreaterThan(20);
  });
});
