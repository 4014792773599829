import type { Role, Sql } from './connect.js';

const roles: readonly Role[] = ['stemma_owner', 'stemma_writer', 'stemma_reader'];

/** The effective role would not be bound by the policies, so one tenant could read another's rows. */
export class PoliciesBypassed extends Error {
  override readonly name = 'PoliciesBypassed';
}

/**
 * Creates the three roles and the schemas where they are missing. Roles belong to the whole server: another database
 * of it may create them at the same moment, so losing that race is no failure. Needs PostgreSQL 16, and a login that may
 * create roles or was made a member of these three.
 */
export async function ensureRoles(sql: Sql): Promise<void> {
  for (const role of roles) {
    await sql.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
        CREATE ROLE ${role} NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`);
    await sql.query(`DO $$ BEGIN
      IF NOT pg_has_role(current_user, '${role}', 'SET') THEN EXECUTE format('GRANT ${role} TO %I', current_user); END IF;
    EXCEPTION WHEN unique_violation OR internal_error THEN NULL; END $$`);
  }
  await sql.query(`DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('stemma ddl', 0));
    EXECUTE format('GRANT CREATE ON DATABASE %I TO stemma_owner', current_database());
    CREATE SCHEMA IF NOT EXISTS stemma AUTHORIZATION stemma_owner;
    CREATE SCHEMA IF NOT EXISTS read AUTHORIZATION stemma_owner;
    CREATE SCHEMA IF NOT EXISTS read_at AUTHORIZATION stemma_owner;
    GRANT USAGE ON SCHEMA stemma, read, read_at TO stemma_writer, stemma_reader;
  END $$`);
}

/**
 * Refuses when row-level security would not hold for readers: the role is a superuser, may bypass policies, owns what it
 * reads, or has the writer's policy too. Run under `SET LOCAL ROLE stemma_reader`.
 *
 * @throws PoliciesBypassed
 */
export async function requirePolicies(sql: Sql): Promise<void> {
  const { rows } = await sql.query(`
    SELECT current_user AS role, r.rolsuper OR r.rolbypassrls AS bypasses,
      pg_has_role(current_user, 'stemma_writer', 'MEMBER') OR pg_has_role(current_user, 'stemma_owner', 'MEMBER') AS more
    FROM pg_roles r WHERE r.rolname = current_user`);
  const [found] = rows;
  if (found?.['bypasses'] === false && found['more'] === false) return;
  throw new PoliciesBypassed(
    `Reading as ${String(found?.['role'])} would bypass the tenants' row-level security: take SUPERUSER, BYPASSRLS and the ` +
      'memberships in stemma_writer and stemma_owner away from stemma_reader.',
  );
}
