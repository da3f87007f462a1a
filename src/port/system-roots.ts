/** Where the kernel shows itself; tests put a tree of their own here. */
export interface SystemRoots {
  readonly sys: string;
  readonly dev: string;
  readonly proc: string;
}

/** The running system's. */
export const SYSTEM_ROOTS: SystemRoots = { sys: '/sys', dev: '/dev', proc: '/proc' };
