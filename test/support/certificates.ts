import selfsigned from 'selfsigned';

const DAY_MS = 24 * 3600 * 1000;

/** A certificate and its key, as PEM. */
export interface Pem {
  readonly cert: string;
  readonly key: string;
}

async function made(
  name: string,
  extensions: object[],
  days: readonly [from: number, to: number],
  ca?: Pem,
): Promise<Pem> {
  const now = Date.now();
  const { cert, private: key } = await selfsigned.generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now + days[0] * DAY_MS),
    notAfterDate: new Date(now + days[1] * DAY_MS),
    extensions: extensions as never,
    ...(ca && { ca }),
  });
  return { cert, key };
}

/** A certificate authority of our own. */
export function authority(): Promise<Pem> {
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ];
  return made('test authority', extensions, [-2, 30]);
}

/** A server's certificate for `host`, signed by an authority, or by itself; `days`: from when to when it is good, from today. */
export function certificateFor(host: string, ca?: Pem, days: readonly [number, number] = [-1, 10]): Promise<Pem> {
  const name = /^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host };
  const extensions = [
    { name: 'basicConstraints', cA: false },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: [name] },
  ];
  return made(host, extensions, days, ca);
}
