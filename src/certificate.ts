import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from './clock.js';
import { BridgeError } from './error.js';
import type { Log } from './log.js';
import { makePrivate, writePrivate } from './private-file.js';

/** Where a server's certificate comes from: files of the owner, or `true`: made here and kept. */
export type CertificateSource = true | { readonly cert: string; readonly key: string };

/** What a server proves itself with, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, in pairs of hex digits: what a person compares. */
  readonly fingerprint: string;
}

/** What a certificate is loaded or made with. */
export interface CertificateParts {
  readonly stateDir: string;
  /** Names and addresses under which this machine is reached. */
  readonly names: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

const FILE = 'certificate.pem';
/** A certificate made here is good for ten years: who trusts it has compared its fingerprint, and should not have to again. */
const DAYS = 3650;
const DAY_MS = 24 * 3600 * 1000;
/** From when a certificate is good that is made while the machine's clock is not set. */
const UNSET = Date.UTC(2025, 0, 1);

/** The certificate of a server. Rejects with `tls/files`, `tls/pair` or `tls/expired`, which say what to do. */
export async function loadCertificate(source: CertificateSource, parts: CertificateParts): Promise<Certificate> {
  if (source !== true) return checked(await read(source.cert), await read(source.key), source.cert, parts.clock);
  const path = join(parts.stateDir, FILE);
  makePrivate(path, parts.log, 'Delete it to get a new certificate');
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) {
    try {
      const certificate = checked(kept, kept, path, parts.clock);
      const { names, log } = parts;
      const x509 = new X509Certificate(certificate.cert);
      const missing = names.filter((name) => !isFor(x509, name));
      // Not made anew by itself: whoever trusts it has compared its fingerprint.
      if (missing.length > 0) log.warn({ path }, `the kept certificate is not for ${missing.join(', ')}; ${RENEW}`);
      return certificate;
    } catch {
      parts.log.warn({ path }, 'the kept certificate is no good any more: making a new one, with another fingerprint');
    }
  }
  const made = await make(parts);
  await writePrivate(path, `${made.cert}\n${made.key}\n`);
  return made;
}

const RENEW = 'delete it for a new one, whose fingerprint is to be compared anew';

function isFor(certificate: X509Certificate, name: string): boolean {
  return (isAddress(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const hint = 'its path is relative to the config; this user must be able to read it';
    throw new BridgeError('tls/files', `can't read ${path}: ${cause.code ?? cause.message}`, { hint, cause });
  });
}

function checked(certText: string, keyText: string, path: string, clock: Clock): Certificate {
  const { certificate, key } = parsed(certText, keyText, path);
  if (!certificate.checkPrivateKey(key)) {
    const hint = 'give the key with which this certificate was made';
    throw new BridgeError('tls/pair', `the key does not belong to the certificate ${path}`, { hint });
  }
  const now = clock.wall();
  if (now !== undefined && Date.parse(certificate.validTo) < now) {
    throw new BridgeError('tls/expired', `the certificate ${path} was good until ${certificate.validTo}`, {
      hint: 'renew it',
    });
  }
  return { cert: certText, key: keyText, fingerprint: certificate.fingerprint256 };
}

function parsed(certText: string, keyText: string, path: string) {
  try {
    return { certificate: new X509Certificate(certText), key: createPrivateKey(keyText) };
  } catch (cause) {
    const hint = 'PEM files are wanted: `-----BEGIN CERTIFICATE-----` and a private key without a password';
    throw new BridgeError('tls/files', `${path} and its key can not be read as PEM`, { hint, cause });
  }
}

/** Loaded only where one is made, as few need it. */
async function make({ names, clock }: CertificateParts): Promise<Certificate> {
  const { generate } = (await import('selfsigned')).default;
  const now = clock.wall() ?? UNSET;
  const all = [...new Set(['localhost', '127.0.0.1', '::1', ...names])];
  const altNames = all.map((name) =>
    isAddress(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  const made = await generate([{ name: 'commonName', value: 'carter-bridge' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  const { fingerprint256 } = new X509Certificate(made.cert);
  return { cert: made.cert, key: made.private, fingerprint: fingerprint256 };
}

function isAddress(name: string): boolean {
  return isIP(name) !== 0;
}
