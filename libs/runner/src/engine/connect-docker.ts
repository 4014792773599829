import Docker from 'dockerode';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

const usualSocket = 'unix:///var/run/docker.sock';
const SOCKET = 'unix://';

/**
 * A client of the engine at this address (`unix:///…`, `tcp://host:port`, `https://…`); nothing is sent yet. The path of a
 * socket is taken as it is, as Docker's own tools take it: a space in it is a space.
 */
export const connectDocker = (host?: string): Docker => new Docker(placeOf(host));

/** The same, each of its calls on a connection of its own, and given up after two seconds. */
export function connectAnew(host?: string): Docker {
  const place = placeOf(host);
  const agent = place.protocol === 'https' ? new HttpsAgent() : new HttpAgent();
  // Its types do not know `agent`.
  const options = { ...place, agent, timeout: 2_000 };
  return new Docker(options);
}

function placeOf(host: string = usualSocket): Docker.DockerOptions {
  if (host.startsWith(SOCKET)) return { socketPath: host.slice(SOCKET.length) };
  const url = new URL(host);
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return { protocol, host: url.hostname, port: Number(url.port || (protocol === 'https' ? 2376 : 2375)) };
}
