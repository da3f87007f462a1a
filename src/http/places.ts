import type { Socket } from 'node:net';

/**
 * Connections of those who are welcome. Where there are too many of them, the newest one of the address with the most goes:
 * whoever brings a crowd keeps nobody out who comes from elsewhere.
 */
export class Places {
  private readonly taken = new Set<Socket>();

  /** `limit`: how many there may be at a time. */
  constructor(private readonly limit: number) {}

  /** Somebody is welcome; to be welcome twice takes no second place. */
  take(socket: Socket): void {
    if (socket.destroyed || this.taken.has(socket)) return;
    this.taken.add(socket);
    socket.once('close', () => this.taken.delete(socket));
    if (this.taken.size > this.limit) this.makeRoom(socket);
  }

  private makeRoom(newest: Socket): void {
    // That of the newest first: among equals it is the one to go.
    const own: Socket[] = [];
    const ofAddress = new Map([[newest.remoteAddress, own]]);
    for (const socket of this.taken) {
      const others = ofAddress.get(socket.remoteAddress);
      if (others) others.push(socket);
      else ofAddress.set(socket.remoteAddress, [socket]);
    }
    const most = [...ofAddress.values()].reduce((one, other) => (other.length > one.length ? other : one), own);
    const last = most.at(-1) ?? newest;
    this.taken.delete(last);
    last.destroy();
  }
}
