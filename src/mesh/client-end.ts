import { BridgeError, describeError, isBridgeError } from '../error.js';
import { printable } from '../text.js';

/**
 * How a connection ended. unreachable: nobody answered at the address · not-relay: something else answered ·
 * refused: not admitted · limited: the relay wants fewer frames or connections · closed: by the relay, after the welcome ·
 * lost: without a word.
 */
export type EndKind = 'unreachable' | 'not-relay' | 'refused' | 'limited' | 'closed' | 'lost';

export interface ConnectionEnd {
  readonly kind: EndKind;
  /** What to tell people. */
  readonly error: BridgeError;
  /** WebSocket close code, where there was one. */
  readonly code?: number;
  /** Milliseconds from the welcome to the end; absent without a welcome. */
  readonly admittedMs?: number;
}

const TLS = /CERT|_TLS|SSL|SELF_SIGNED|UNABLE_TO_|EPROTO/;
/** What answers is no TLS at all. */
const PLAIN = /wrong version number|packet length too long|http request/i;
const EXPIRED = /CERT_(HAS_EXPIRED|NOT_YET_VALID)/;
const UNTRUSTED =
  /SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_(UNTRUSTED|SIGNATURE_FAILURE)|INVALID_(CA|PURPOSE)|PATH_LENGTH|^UNSPECIFIED$/;

/** What is wrong with a secure connection, and what to do; undefined for other errors. */
function tlsFailure(code: string, error: Error | undefined) {
  const text = printable(error?.message ?? code);
  if (EXPIRED.test(code)) {
    const hint = 'renew it; and is the clock of this machine right?';
    return { code: 'mesh/tls-expired', message: `its certificate is not good at this time (${text})`, hint };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const hint = 'use the name that is in the certificate as the address';
    return { code: 'mesh/tls-name', message: 'its certificate is for another name', hint };
  }
  if (UNTRUSTED.test(code)) {
    const hint = 'for a relay with its own certificate authority name the file with it as relay.ca';
    return { code: 'mesh/tls-untrusted', message: `nobody whom we trust vouches for it (${text})`, hint };
  }
  if (!TLS.test(code)) return undefined;
  if (PLAIN.test(error?.message ?? '')) {
    return { code: 'mesh/tls', message: 'it does not encrypt', hint: 'a relay without TLS needs ws://' };
  }
  return { code: 'mesh/tls', message: text, hint: 'a relay without TLS needs ws://' };
}

/** Explains why no WebSocket came about; `error` is what the socket reported, if anything. */
export function openingEnd(error: Error | undefined, relay: string): ConnectionEnd {
  if (isBridgeError(error)) return { kind: 'not-relay', error };
  const text = printable(error?.message ?? 'the connection ended');
  const code = errorCode(error);
  const end = (kind: EndKind, errorCode: string, message: string, hint: string): ConnectionEnd => ({
    kind,
    error: new BridgeError(errorCode, message, { hint, cause: error }),
  });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return end(
      'unreachable',
      'mesh/dns',
      `no address known for the relay ${relay}`,
      'check the host name and the network',
    );
  }
  if (code === 'ECONNREFUSED') {
    return end(
      'unreachable',
      'mesh/unreachable',
      `nobody listens at ${relay}`,
      'is the relay running, and on this port?',
    );
  }
  const tls = tlsFailure(code, error);
  if (tls) return end('not-relay', tls.code, `no secure connection to ${relay}: ${tls.message}`, tls.hint);
  const status = /^Unexpected server response: (\d+)/.exec(error?.message ?? '')?.[1];
  if (status !== undefined) {
    return end(
      'not-relay',
      'mesh/not-a-relay',
      `${relay} answered HTTP ${status}, not as a relay`,
      'check port and path',
    );
  }
  if (code.startsWith('HPE_') || code.startsWith('WS_ERR_') || /^Invalid |^Server sent/.test(error?.message ?? '')) {
    return end(
      'not-relay',
      'mesh/not-a-relay',
      `${relay} does not speak WebSocket: ${text}`,
      'check port, path and wss://',
    );
  }
  if (code === 'ECONNRESET') {
    const hint = 'check address and port; a relay with TLS needs wss://';
    return end('unreachable', 'mesh/unreachable', `${relay} hung up before it answered`, hint);
  }
  return end('unreachable', 'mesh/unreachable', `no connection to ${relay}: ${text}`, 'check address and network');
}

/** Explains why dialling itself failed, before any socket was made. */
export function failedOpening(error: unknown, relay: string): ConnectionEnd {
  if (isBridgeError(error, 'mesh/unreachable')) return { kind: 'unreachable', error };
  const hint = 'check the relay part of the config';
  const message = `cannot dial ${relay}: ${printable(describeError(error))}`;
  return { kind: 'not-relay', error: new BridgeError('mesh/not-a-relay', message, { hint, cause: error }) };
}

/** Explains the end of an open WebSocket. `admittedMs` is undefined where no welcome had come. */
export function closingEnd(
  code: number,
  reasonText: string,
  admittedMs: number | undefined,
  hasToken: boolean,
): ConnectionEnd {
  const reason = printable(reasonText, 80);
  const said = reason === '' ? `${code}` : `${code} ${reason}`;
  const end = (kind: EndKind, errorCode: string, message: string, hint?: string): ConnectionEnd => ({
    kind,
    code,
    error: new BridgeError(errorCode, message, hint === undefined ? {} : { hint }),
    ...(admittedMs === undefined ? {} : { admittedMs }),
  });
  if (code === 4429) {
    return end(
      'limited',
      'mesh/limited',
      `the relay has too many connections (${said})`,
      'close other clients of this address',
    );
  }
  if (code === 1006 || code === 1001 || code === 1012) {
    return end('lost', 'mesh/lost', `the connection to the relay was lost (${said})`);
  }
  if (admittedMs === undefined) {
    return end(
      'refused',
      'mesh/refused',
      `the relay closed the connection before welcoming us (${said}): ${refusal(reason, hasToken)}`,
      refusalHint(reason, hasToken),
    );
  }
  if (code === 1008) {
    return end('limited', 'mesh/limited', `the relay closed the connection (${said})`, 'lower publish.maxHz');
  }
  return end('closed', 'mesh/closed-by-relay', `the relay closed the connection (${said})`);
}

/** The relay accepted the connection and then said nothing. */
export function admissionTimeout(ms: number, hasToken: boolean): ConnectionEnd {
  return {
    kind: 'refused',
    error: new BridgeError('mesh/refused', `the relay did not welcome us within ${ms / 1000} s`, {
      hint: `some relays keep silent about a ${hasToken ? 'wrong or expired' : 'missing'} token; check relay.token`,
    }),
  };
}

/** The relay stopped answering. */
export function silentEnd(ms: number, admittedMs: number | undefined): ConnectionEnd {
  return {
    kind: 'lost',
    error: new BridgeError('mesh/lost', `no sign of life from the relay for ${ms / 1000} s`),
    ...(admittedMs === undefined ? {} : { admittedMs }),
  };
}

function refusal(reason: string, hasToken: boolean): string {
  if (/name|channel/.test(reason)) return 'name or channel not accepted';
  if (/origin/.test(reason)) return 'origin not allowed';
  return hasToken ? 'wrong token?' : 'does it want a token?';
}

function refusalHint(reason: string, hasToken: boolean): string {
  if (/name|channel/.test(reason)) return 'use letters, digits, - and _ in bridge.name and relay.channel';
  if (/origin/.test(reason)) return 'is something between us and the relay?';
  return hasToken ? 'compare relay.token with the relay’s' : 'set relay.token';
}

/** The code of an error, or of the first of several (one for each address of a name). */
function errorCode(error: Error | undefined): string {
  if (error === undefined) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? errorCode(first) : '';
}
