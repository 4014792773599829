import { describe, expect, it } from '@jest/globals';
import { createScreen } from './screen.js';
import type { Screen } from './screen.js';

const shown = (work: (screen: Screen) => void, { isTTY = false, env = {} } = {}): string => {
  let text = '';
  work(createScreen({ isTTY, write: (part) => (text += part) }, env));
  return text;
};

describe('the screen', () => {
  it('is plain where it is no terminal, and where NO_COLOR asks for it', () => {
    const step = (screen: Screen): void => screen.done('api', 'http://127.0.0.1:1', 12.4);
    expect(shown(step)).toBe('  ✓ api             http://127.0.0.1:1  12 ms\n');
    expect(shown(step, { isTTY: true, env: { NO_COLOR: '1' } })).toBe(shown(step));
    expect(shown(step, { isTTY: true })).toContain('\u001b[32m✓');
  });

  it('lines up the columns of a table', () => {
    expect(
      shown((screen) =>
        screen.table(
          ['version', 'state'],
          [
            ['1', 'archived'],
            ['12', 'active'],
          ],
        ),
      ),
    ).toBe('    version  state\n    1        archived\n    12       active\n');
  });
});
