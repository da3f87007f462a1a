// The built program as a process of its own, with the relay inside it or beside it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Phone } from './phone.mjs';
import { until } from './wait.mjs';

export const MAIN = '/app/dist/src/main.js';
const LISTENERS = { module: '/app/test/pi/guest/support/listeners.mjs', file: '/tmp/listeners' };

/** A start takes three seconds here, and several times that where the machine below has other work. */
const START_MS = 60_000;

let port = 9000;

export class Bridge {
  text = '';

  /**
   * Starts `run` with these devices and joins it with a phone. relayApart: with a relay that can be ended by itself ·
   * countsListeners: so that `listeners` can be asked.
   */
  static async start(devices, { folder = mkdtempSync('/tmp/bridge-'), relayApart = false, countsListeners } = {}) {
    const bridge = new Bridge();
    bridge.folder = folder;
    bridge.port = ++port;
    bridge.url = `ws://127.0.0.1:${port}`;
    if (relayApart) await bridge.startRelay();
    const address = relayApart ? { url: bridge.url } : { embedded: { host: '127.0.0.1', port } };
    const config = {
      bridge: { name: 'pi', namespace: 'pi', stateDir: join(folder, 'state') },
      relay: { ...address, channel: 'lab', allowOpenRelay: true },
      devices,
      publish: { maxHz: 20 },
      // A relay that begins anew takes its time in an emulated machine.
      safety: { relayGrace: '1m' },
    };
    const file = join(folder, 'bridge.yaml');
    bridge.file = file;
    writeFileSync(file, JSON.stringify(config));
    const hooks = countsListeners ? ['--import', LISTENERS.module] : [];
    bridge.child = spawn(process.execPath, [...hooks, MAIN, 'run', '--config', file]);
    bridge.exited = once(bridge.child, 'exit').then(([code, signal]) => code ?? signal);
    for (const stream of [bridge.child.stdout, bridge.child.stderr]) {
      stream.on('data', (chunk) => {
        bridge.text += chunk;
      });
    }
    await until(
      () => bridge.text.includes('bridge pi on'),
      () => `a start; ${bridge.text}`,
      START_MS,
    );
    bridge.phone = await Phone.join(bridge.url);
    return bridge;
  }

  /** Starts the relay beside it, at its one address. */
  async startRelay() {
    this.relay = spawn(process.execPath, [MAIN, 'relay', '--port', String(this.port)]);
    let text = '';
    for (const stream of [this.relay.stdout, this.relay.stderr]) stream.on('data', (chunk) => (text += chunk));
    await until(
      () => text.includes(String(this.port)),
      () => `a relay; ${text}`,
      START_MS,
    );
  }

  /** Kills the relay beside it; its phone is gone with it. */
  async endRelay() {
    const ended = once(this.relay, 'exit');
    this.relay.kill('SIGKILL');
    await ended;
  }

  /** How many listeners the program has. */
  async listeners() {
    rmSync(LISTENERS.file, { force: true });
    this.child.kill('SIGUSR2');
    const said = () => existsSync(LISTENERS.file) && readFileSync(LISTENERS.file, 'utf8');
    return Number(await until(said, 'the number of listeners', 10_000));
  }

  /** Waits for words in the log. */
  async says(words, ms = 5_000) {
    await until(() => this.text.includes(words), `"${words}" in the log`, ms).catch((error) => {
      throw new Error(`${error.message}:\n${this.text}`);
    });
  }

  /** Ends it and resolves with its exit code, or the signal that killed it. */
  async stop(signal = 'SIGTERM') {
    this.phone.leave();
    this.child.kill(signal);
    const code = await this.exited;
    if (this.relay) await this.endRelay();
    return code;
  }
}
