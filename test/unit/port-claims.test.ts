import { describe, expect, it } from 'vitest';
import { PortClaims } from '../../src/device/port-claims.js';
import { BridgeError } from '../../src/error.js';
import type { PortAddress } from '../../src/port/line-link.js';

const usb = { vendorId: '1a86', productId: '7523' };

function claims(address: PortAddress, outcome: string | BridgeError): PortClaims {
  const resolve = () => {
    if (outcome instanceof BridgeError) throw outcome;
    return outcome;
  };
  return new PortClaims([address], { resolve, list: () => [{ path: '/dev/ttyUSB0', usb }] });
}

describe('ports that devices of the config have for themselves', () => {
  const missing = new BridgeError('port/missing', 'not there');
  const ambiguous = new BridgeError('port/ambiguous', 'two of them');
  it.each([
    ['a link to it', '/dev/serial/by-id/x', '/dev/ttyUSB0', 'claimed'],
    ['a link to another', '/dev/serial/by-id/x', '/dev/ttyUSB1', 'free'],
    ['a link that is missing', '/dev/serial/by-id/x', missing, 'unsure'],
    ['a kernel name that is missing', '/dev/ttyUSB7', missing, 'free'],
    ['an identity that is missing', usb, missing, 'unsure'],
    ['an identity that several have', usb, ambiguous, 'claimed'],
    ['an identity that several others have', { ...usb, productId: '0001' }, ambiguous, 'free'],
  ] as const)('%s', (_what, address, outcome, claim) => {
    expect(claims(address, outcome).on('/dev/ttyUSB0')).toBe(claim);
  });
});
