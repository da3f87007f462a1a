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

/** A certificate authority of our own, or one below another. */
export function authority(above?: Pem): Promise<Pem> {
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ];
  return made(above ? 'test authority below' : 'test authority', extensions, [-2, 30], above);
}

/** What else a certificate may be. */
export interface CertificateOptions {
  /** From when to when it is good, in days from today. */
  readonly days?: readonly [number, number];
  /** For what it is good. */
  readonly use?: 'serverAuth' | 'clientAuth';
}

/** A server's certificate for a host, or for several, signed by an authority, or by itself. */
export function certificateFor(
  hosts: string | readonly string[],
  ca?: Pem,
  { days = [-1, 10], use = 'serverAuth' }: CertificateOptions = {},
): Promise<Pem> {
  const all = [hosts].flat();
  const altNames = all.map((host) => (/^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host }));
  const extensions = [
    { name: 'basicConstraints', cA: false },
    { name: 'extKeyUsage', [use]: true },
    { name: 'subjectAltName', altNames },
  ];
  return made(all[0] ?? '', extensions, days, ca);
}
