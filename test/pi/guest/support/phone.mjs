// A dashboard on a phone: joins the channel, keeps what it hears, taps.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { until } from './wait.mjs';

export class Phone {
  heard = [];

  static async join(url, name = 'anna', channel = 'lab') {
    const phone = new Phone();
    phone.name = name;
    phone.socket = new WebSocket(url, { perMessageDeflate: false });
    phone.socket.on('error', () => {});
    await once(phone.socket, 'open');
    phone.socket.on('message', (data) => {
      const { type, payload } = JSON.parse(data);
      phone.heard.push({ type, ...payload });
    });
    const rights = { role: 'mobile', can_broadcast: true, can_route: true, broadcast_scope: 'channel' };
    phone.frame('identify', { name, channel, token: null, ...rights });
    await until(() => phone.heard.some(({ type }) => type === 'welcome'), 'a welcome');
    return phone;
  }

  frame(type, payload) {
    this.socket.send(JSON.stringify({ id: null, type, payload, reply_to: null }));
  }

  say(payload) {
    this.frame('broadcast_request', payload);
  }

  /** The first frame that `wanted` accepts, of those that came since `from`. */
  async hears(wanted, what, from = 0, ms = 6_000) {
    return await until(() => this.heard.slice(from).find(wanted), what, ms);
  }

  /** Waits for a value, by its last word on the channel. */
  async sees(dev, point, value, ms) {
    const what = () => `${dev}.${point} = ${value}, last ${this.last(dev, point)}`;
    await until(() => this.last(dev, point) === value, what, ms);
  }

  /** What the channel said last about a point. */
  last(dev, point) {
    return this.heard.findLast((frame) => frame.msg_type === 'pi.state' && frame[dev]?.[point] !== undefined)?.[dev][
      point
    ];
  }

  /** The events of a point so far, as `pressed 1`. */
  events(point, dev) {
    const mine = (f) => f.msg_type === 'pi.event' && f.dev === dev && f.point === point;
    return this.heard.filter(mine).map((f) => `${f.event} ${f.count}`);
  }

  /** Taps and resolves with the acknowledgement. */
  async tap(dev, point, value) {
    const id = `tap${this.heard.length}-${Math.random()}`;
    this.say({ msg_type: 'pi.cmd', dev, point, value, _cmd: id, _from: this.name });
    return await this.hears((f) => f.msg_type === 'command_ack' && f.cmd_id === id, `the answer to ${dev}.${point}`);
  }

  leave() {
    this.socket.terminate();
  }
}
