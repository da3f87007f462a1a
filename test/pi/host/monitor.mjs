// QEMU's monitor: plugs and unplugs USB serial adapters.
import { joinSocket, jsonLines } from './link.mjs';

export class Monitor {
  #answers = [];
  #events = [];
  #waiting = [];

  static async join(path) {
    const monitor = new Monitor();
    monitor.socket = await joinSocket(path);
    monitor.send = jsonLines(monitor.socket, (message) => monitor.#heard(message));
    await monitor.#ask('qmp_capabilities');
    return monitor;
  }

  /** Plugs an adapter (FTDI, 0403:6001) whose other end is the chardev. */
  async plug(id, chardev) {
    await this.#ask('device_add', { driver: 'usb-serial', chardev, id, bus: 'xhci.0' });
  }

  /** Pulls an adapter out; resolves when it is gone. */
  async unplug(id) {
    const gone = new Promise((resolve) => this.#waiting.push({ id, resolve }));
    await this.#ask('device_del', { id });
    await gone;
  }

  close() {
    this.socket.destroy();
  }

  #ask(execute, args = {}) {
    return new Promise((resolve, reject) => {
      this.#answers.push(({ error }) => (error ? reject(new Error(`${execute}: ${error.desc}`)) : resolve()));
      this.send({ execute, arguments: args });
    });
  }

  #heard(message) {
    if ('return' in message || 'error' in message) this.#answers.shift()?.(message);
    if (message.event !== 'DEVICE_DELETED') return;
    for (const { id, resolve } of this.#waiting) if (id === message.data.device) resolve();
    this.#waiting = this.#waiting.filter(({ id }) => id !== message.data.device);
  }
}
