// QEMU's monitor: plugs and unplugs USB serial adapters.
import { setTimeout as sleep } from 'node:timers/promises';
import { joinSocket, jsonLines } from './link.mjs';

export class Monitor {
  #answers = [];
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

  /**
   * Pulls an adapter out whose chardev was closed; resolves when it is gone. It leaves the bus by itself then, also in the
   * middle of a flood; QEMU 7.2 does not survive it when it is deleted before.
   */
  async unplug(id) {
    await this.#detached(id);
    const gone = new Promise((resolve) => this.#waiting.push({ id, resolve }));
    await this.#ask('device_del', { id });
    await gone;
  }

  close() {
    this.socket.destroy();
  }

  async #detached(id) {
    for (let tries = 0; tries < 250; tries++) {
      if (!(await this.#ask('qom-get', { path: `/machine/peripheral/${id}`, property: 'attached' }))) return;
      await sleep(20);
    }
    throw new Error(`${id} stays on the bus`);
  }

  #ask(execute, args = {}) {
    return new Promise((resolve, reject) => {
      this.#answers.push(({ error, return: value }) => {
        if (error) reject(new Error(`${execute}: ${error.desc}`));
        else resolve(value);
      });
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
