/** An origin and nothing else: what reads addresses passes over tabs, and would take a name or a path along. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@\\]+$/i;

/** True when a browser page of `origin` may connect: its scheme, host and port are exactly those of an allowed one. Programs send no Origin and may. */
export function originAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined) return true;
  const wanted = ORIGIN.test(origin) ? canonical(origin) : undefined;
  return wanted !== undefined && allowed.some((candidate) => canonical(candidate) === wanted);
}

/** Lower case, default port left out; undefined for `null` (a sandboxed page) and other text that names no host. */
function canonical(origin: string): string | undefined {
  try {
    const url = new URL(origin);
    return url.host === '' ? undefined : `${url.protocol}//${url.host}`;
  } catch {
    return undefined;
  }
}
