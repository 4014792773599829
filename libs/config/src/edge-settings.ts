import { z } from 'zod';
import { bytes, connection, count, origins, quota } from './setting-forms.js';
import type { Setting } from './setting.js';

/** Who may call the API, how much, how often, and how well guarded it must be. */
export const edgeSettings = {
  environment: {
    name: 'STEMMA_ENV',
    schema: z.enum(['development', 'production']),
    fallback: 'development',
    form: 'development or production',
    help: 'In production no process starts with default or weak secrets, nor in clear text beyond this machine.',
    usedBy: ['api', 'projector', 'worker', 'local'],
    exposure: 'public',
  },
  publicUrl: {
    name: 'STEMMA_PUBLIC_URL',
    schema: connection('http', 'https'),
    form: 'https://…',
    help: 'Where callers reach the API, through what ends TLS in front of it; with `https` answers ask browsers for TLS always (HSTS).',
    usedBy: ['api'],
    exposure: 'url',
  },
  corsOrigins: {
    name: 'STEMMA_CORS_ORIGINS',
    schema: origins,
    form: 'https://a,https://b',
    help: 'Origins whose pages may call the API, exactly as browsers send them; none by default.',
    usedBy: ['api'],
    exposure: 'public',
  },
  bodyLimit: {
    name: 'STEMMA_BODY_LIMIT',
    schema: bytes,
    fallback: '2097152',
    form: 'bytes',
    help: 'The largest request body that the API reads; more is answered with 413.',
    usedBy: ['api'],
    exposure: 'public',
  },
  fileLimit: {
    name: 'STEMMA_FILE_LIMIT',
    schema: bytes,
    fallback: '33554432',
    form: 'bytes',
    help: 'The largest input file of a run; more is answered with 413.',
    usedBy: ['api'],
    exposure: 'public',
  },
  receiveSeconds: {
    name: 'STEMMA_RECEIVE_SECONDS',
    schema: count,
    fallback: '300',
    form: 'seconds',
    help: 'How long a client may take to send a request, its body or a large file included; at most ten seconds of it for the headers. Then: 408.',
    usedBy: ['api'],
    exposure: 'public',
  },
  actorLimit: {
    name: 'STEMMA_ACTOR_LIMIT',
    schema: quota,
    fallback: '50000/10',
    form: 'requests/seconds',
    help: 'How many requests one actor may make in that time, over all processes; more is answered with 429. `off` for no limit.',
    usedBy: ['api'],
    exposure: 'public',
  },
  tenantLimit: {
    name: 'STEMMA_TENANT_LIMIT',
    schema: quota,
    fallback: '100000/10',
    form: 'requests/seconds',
    help: 'The same for all actors of one tenant together.',
    usedBy: ['api'],
    exposure: 'public',
  },
} as const satisfies Record<string, Setting>;
