import { isBridgeError } from '../error.js';
import type { PortAddress } from '../port/line-link.js';
import type { Ports } from '../port/ports.js';
import { isUnstableName } from '../port/serial-path.js';
import { sameIdentity } from '../port/usb-identity.js';

/** `unsure`: not claimed as things stand, but a name in the config does not lead anywhere yet. */
export type Claim = 'claimed' | 'free' | 'unsure';

/** The ports that devices of the config have for themselves. */
export class PortClaims {
  constructor(
    private readonly addresses: readonly PortAddress[],
    private readonly ports: Pick<Ports, 'list' | 'resolve'>,
  ) {}

  /** Whether a device of the config has the port at `path` for itself. */
  on(path: string): Claim {
    const claims = this.addresses.map((address) => this.claim(address, path));
    return claims.find((claim) => claim === 'claimed') ?? claims.find((claim) => claim === 'unsure') ?? 'free';
  }

  private claim(address: PortAddress, path: string): Claim {
    try {
      return this.ports.resolve(address) === path ? 'claimed' : 'free';
    } catch (error) {
      // A kernel name can only become that node.
      if (typeof address === 'string') return isUnstableName(address) ? 'free' : 'unsure';
      if (!isBridgeError(error, 'port/ambiguous')) return 'unsure';
      const port = this.ports.list().find((entry) => entry.path === path);
      return port?.usb && sameIdentity(port.usb, address) ? 'claimed' : 'free';
    }
  }
}
