import { BridgeError } from '../error.js';

/** Which device has which line, so that two can't have the same: sysfs would let them. */
export class PinPool {
  private readonly owners = new Map<string, string>();

  /** Takes lines for a device, all or none; the returned function gives them back. Throws `pin/taken`. */
  take(lines: readonly string[], device: string): () => void {
    lines.forEach((line, i) => {
      const owner = lines.indexOf(line) < i ? device : this.owners.get(line);
      if (owner === undefined) return;
      throw new BridgeError('pin/taken', `${line} is used by device \`${owner}\` already`, {
        hint: 'one pin has one point',
      });
    });
    for (const line of lines) this.owners.set(line, device);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      for (const line of lines) this.owners.delete(line);
    };
  }
}
