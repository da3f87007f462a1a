import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { within } from './wait.mjs';

const PROBE = join(import.meta.dirname, 'probe.mjs');

/** Whether processes can be bound to a processor here: the program under test gets 0, everything else 1. */
export const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-V'], { stdio: 'ignore' }).status === 0;

/** Binds this process (generator and client) to processor 1. */
export function pinSelf() {
  if (canPin) spawnSync('taskset', ['-acp', '1', String(process.pid)], { stdio: 'ignore' });
}

/** A Node process with the probe in it, bound to one processor. */
export class Child {
  /** `performance.now()` at which it was started. */
  startedAt = performance.now();
  #numbers = 0;
  #waiting = new Map();
  #problems = '';

  /** @param {string[]} args script and its arguments @param {{ core: 0 | 1, node?: string[], onMessage?: (message: object) => void }} options */
  constructor(args, { core, node = [], onMessage = () => {} }) {
    const command = [process.execPath, '--import', PROBE, ...node, ...args];
    if (canPin) command.unshift('taskset', '-c', String(core));
    this.process = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.process.stderr.on('data', (text) => {
      this.#problems = (this.#problems + text).slice(-4000);
    });
    this.process.on('message', (message) => {
      if (message.number === undefined) onMessage(message);
      else this.#waiting.get(message.number)?.(message.answer);
    });
    this.exited = once(this.process, 'exit');
  }

  get pid() {
    return this.process.pid;
  }

  /** What it printed to stderr, the end of it. */
  get problems() {
    return this.#problems;
  }

  /** @param {string} question one that the probe knows */
  async ask(question) {
    const number = ++this.#numbers;
    const answer = new Promise((resolve) => this.#waiting.set(number, resolve));
    this.process.send({ question, number });
    return await within(5_000, answer, `the answer to ${question}\n${this.#problems}`);
  }

  /** Microseconds of processor time so far, all threads. */
  async cpu() {
    const { user, system } = await this.ask('cpu');
    return user + system;
  }

  /** Resident memory in bytes, read from outside. */
  get rss() {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]);
  }

  /** Open file descriptors. */
  get fds() {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill('SIGTERM');
      const timer = setTimeout(() => this.process.kill('SIGKILL'), 3_000);
      await this.exited;
      clearTimeout(timer);
    }
  }
}
