import { EventStoreDBClient } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { connectionString, withoutCredentials } from './connection-string.js';

const credentials = { username: 'ops', password: 'p@ss:w/rd?&%' };

describe('a connection string', () => {
  it('H6 H7 makes failed appends throw and carries the credentials for the whole client', () => {
    const made = connectionString('esdb://localhost:2113?tls=true', 0, credentials);
    expect(made).toContain('esdb://ops:p%40ss%3Aw%2Frd%3F%26%25@localhost:2113?tls=true&');
    expect(made).toContain('throwOnAppendFailure=true');
  });

  it('replaces credentials that are in the URL already', () => {
    const made = connectionString('esdb+discover://a:b@one,two:2114', 0, credentials);
    expect(made).toMatch(/^esdb\+discover:\/\/ops:[^@]+@one,two:2114\?/);
  });

  it('differs by generation, so that gRPC does not share a broken connection', () => {
    expect(connectionString('esdb://localhost', 0)).not.toBe(connectionString('esdb://localhost', 1));
  });

  it('keeps the keep-alive that somebody chose', () => {
    const made = connectionString('esdb://localhost?KeepAliveInterval=30000&keepAliveTimeout=7000', 0);
    expect(made.endsWith('keepAliveInterval=30000&keepAliveTimeout=7000')).toBe(true);
  });

  it.each(['esdb://localhost', 'esdb://localhost:1/?tls=false', 'esdb+discover://u:p@a:1,b:2?tls=false'])(
    'is one that the client reads: %s',
    (url) => {
      expect(() => EventStoreDBClient.connectionString(connectionString(url, 3, credentials))).not.toThrow();
    },
  );

  it('can be shown without its credentials', () => {
    expect(withoutCredentials('esdb://me:secret@localhost:1?tls=false')).toBe('esdb://localhost:1?tls=false');
    expect(withoutCredentials('esdb://localhost:1')).toBe('esdb://localhost:1');
  });
});
