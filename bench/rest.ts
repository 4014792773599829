import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Rest {
  /** Rejects unless the answer is a success: a refused command measures nothing. */
  readonly call: (call: Call) => Promise<Answer>;
  readonly close: () => void;
}

/** The API at `url` over at most `connections` kept-alive connections: the cheapest client there is, for the load is not the thing measured. */
export function openRest(url: string, key: string, connections: number): Rest {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const send = ({ method, path, headers, body }: Call): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const content =
        text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
      const all = { authorization: `Bearer ${key}`, ...content, ...headers };
      const sent = request({ agent, hostname, port, method, path, headers: all }, (response) => {
        let received = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (received += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
        );
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(text);
    });
  return {
    close: () => agent.destroy(),
    call: async (call) => {
      const answer = await send(call);
      if (answer.status < 300) return answer;
      throw new Error(`${call.method} ${call.path} was answered with ${answer.status}: ${answer.body}`);
    },
  };
}
