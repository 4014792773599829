export { startPostgres } from './postgres.js';
export type { TestPostgres } from './postgres.js';
