import { createRequire } from 'node:module';

/**
 * Ends this process at once. Node.js would first wait for work that it handed to the system, which may hang for as long as a
 * broken disk, bus or adapter does. Returns only where native code can't be loaded: then Node's own way is what is left.
 */
export function endProcess(code: number): void {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    koffi.load(null).func('void _exit(int code)')(code);
  } catch {
    // The caller knows the other way.
  }
}
