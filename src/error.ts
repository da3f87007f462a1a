/** Options of a BridgeError: what to do about it, and what caused it. */
export interface BridgeErrorOptions {
  hint?: string;
  cause?: unknown;
}

/** The one error of this program: a stable `code` for programs, a message and a hint for people. */
export class BridgeError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: BridgeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BridgeError';
    this.code = code;
    this.hint = options.hint;
  }
}

/** True for a BridgeError, with one of `codes` where any are given. */
export function isBridgeError(error: unknown, ...codes: string[]): error is BridgeError {
  return error instanceof BridgeError && (codes.length === 0 || codes.includes(error.code));
}

/** One line for people: message, hint and code, whatever was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof BridgeError) {
    return `${error.message}${error.hint ? `; ${error.hint}` : ''} [${error.code}]`;
  }
  return error instanceof Error ? error.message : String(error);
}
