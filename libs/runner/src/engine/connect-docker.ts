import Docker from 'dockerode';

const usualSocket = 'unix:///var/run/docker.sock';
const SOCKET = 'unix://';

/**
 * A client of the engine at this address (`unix:///…`, `tcp://host:port`, `https://…`); nothing is sent yet. The path of a
 * socket is taken as it is, as Docker's own tools take it: a space in it is a space.
 */
export function connectDocker(host: string = usualSocket): Docker {
  if (host.startsWith(SOCKET)) return new Docker({ socketPath: host.slice(SOCKET.length) });
  const url = new URL(host);
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return new Docker({
    protocol,
    host: url.hostname,
    port: Number(url.port || (protocol === 'https' ? 2376 : 2375)),
  });
}
