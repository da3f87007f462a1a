import { once } from 'node:events';
import { WebSocket } from 'ws';
import { roomCipher } from '../../dist/src/mesh/e2ee.js';
import { systemClock } from '../../dist/src/system-clock.js';
import { stamp, within } from './wait.mjs';

/** A dashboard: joins the channel, hands every broadcast to its listener with the moment it came. */
export class Phone {
  /** Called with the payload, the moment in ns. */
  onBroadcast = (_payload, _at) => {};

  static async join(url, name, channel = 'lab', roomKey = undefined) {
    const phone = new Phone();
    phone.name = name;
    if (roomKey) phone.cipher = roomCipher(roomKey, { channel, name, clock: systemClock() });
    phone.socket = new WebSocket(url, { perMessageDeflate: false });
    await within(5_000, once(phone.socket, 'open'), `a connection for ${name}`);
    const welcome = new Promise((resolve) => {
      phone.socket.on('message', (data) => {
        const at = stamp();
        const frame = JSON.parse(data);
        if (frame.type === 'broadcast') phone.hear(frame.payload, at);
        else if (frame.type === 'welcome') resolve();
      });
    });
    const rights = { role: 'mobile', can_broadcast: true, can_route: true, broadcast_scope: 'channel' };
    phone.send('identify', { name, channel, token: null, ...rights });
    await within(5_000, welcome, `a welcome for ${name}`);
    return phone;
  }

  send(type, payload) {
    this.socket.send(JSON.stringify({ id: null, type, payload, reply_to: null }));
  }

  broadcast(payload) {
    this.send('broadcast_request', this.cipher?.seal(payload) ?? payload);
  }

  hear(payload, at) {
    if (!this.cipher) this.onBroadcast(payload, at);
    else if (!this.cipher.isOwn(payload)) this.onBroadcast(this.cipher.open(payload).payload, at);
  }

  /** Stops reading, like a phone in a tunnel. */
  stall() {
    this.socket.pause();
  }

  leave() {
    this.socket.terminate();
  }
}
