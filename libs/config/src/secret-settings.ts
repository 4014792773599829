import { secretKeys } from './setting-forms.js';
import type { Setting } from './setting.js';

/** What seals the secrets of scripts. */
export const secretSettings = {
  secretKeys: {
    name: 'STEMMA_SECRET_KEYS',
    schema: secretKeys,
    form: '<id>:<base64 of 32 bytes>,…',
    help: 'The master keys of secrets, the same for `api` and `worker`: the first one seals, all of them open. To change it, put the new one first, run `stemma secrets rewrap`, then take the old one away. Without it one machine makes its own, in the state directory: keep a copy of `secret-key`.',
    usedBy: ['api', 'worker'],
    exposure: 'secret',
  },
} as const satisfies Record<string, Setting>;
