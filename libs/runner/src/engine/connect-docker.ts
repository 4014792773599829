import Docker from 'dockerode';

const usualSocket = 'unix:///var/run/docker.sock';

/** A client of the engine at this address (`unix:///…`, `tcp://host:port`, `https://…`); nothing is sent yet. */
export function connectDocker(host: string = usualSocket): Docker {
  const url = new URL(host);
  if (url.protocol === 'unix:') return new Docker({ socketPath: url.pathname });
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  return new Docker({
    protocol,
    host: url.hostname,
    port: Number(url.port || (protocol === 'https' ? 2376 : 2375)),
  });
}
