import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const HOST = join(import.meta.dirname, '../firmware/host');
const LIBRARY = join(import.meta.dirname, '../../firmware-protocol/arduino/CarterBoard/src');
const FLAGS = ['-std=gnu++11', '-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const WARNINGS = ['-Wall', '-Wextra', '-Werror'];
/** A program that hangs is ended, so that nobody waits for it forever. */
const LIFE_S = '3600';

/** Whether there is a compiler for this machine; without one these tests have to be left out. */
export const hasCompiler = spawnSync('g++', ['--version']).error === undefined;

/** Which points the core has: those of the protocol's vectors, or a text that gives itself away and two outputs. */
export type HostPoints = 'manifest' | 'noise';

const filesIn = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join(folder, name));
const sourcesIn = (folder: string) => filesIn(folder).filter((file) => file.endsWith('.cpp'));

/** Compiles the library's core for this machine, with the sanitizers of addresses and of undefined behaviour; once for each source. */
function compile(points: HostPoints): string {
  const others = ['manifest', 'noise'].filter((name) => name !== points).map((name) => join(HOST, `${name}.cpp`));
  const sources = [...sourcesIn(HOST).filter((file) => !others.includes(file)), ...sourcesIn(join(LIBRARY, 'core'))];
  const hash = createHash('sha256').update([...FLAGS, points].join(' '));
  for (const file of [...filesIn(HOST), ...filesIn(join(LIBRARY, 'core'))]) hash.update(readFileSync(file));
  const folder = join(tmpdir(), 'carter-host-core');
  const program = join(folder, `${points}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const fresh = `${program}.${process.pid}`;
  execFileSync('g++', [...FLAGS, ...WARNINGS, `-I${HOST}`, `-I${LIBRARY}`, ...sources, '-o', fresh]);
  renameSync(fresh, program);
  return program;
}

/** What a host said, and what the outputs were put to, in order. */
export interface HostRun {
  readonly said: string;
  readonly done: readonly { readonly point: string; readonly value: string }[];
}

/**
 * The core of the Arduino library as a program of this machine, asked and answered in the same breath, so that it can follow
 * a clock that a test moves. What sanitizers find ends it, and the next request throws with their words.
 */
export class HostCore {
  private readonly folder = mkdtempSync(join(tmpdir(), 'carter-core-'));
  private readonly to: number;
  private readonly from: number;
  private rest = '';
  private closed = false;

  constructor(points: HostPoints) {
    const [questions, answers] = ['questions', 'answers'].map((name) => join(this.folder, name)) as [string, string];
    execFileSync('mkfifo', [questions, answers]);
    // Opened for both ways: so it does not wait for the other end.
    this.to = openSync(questions, 'r+');
    const command = 'exec timeout "$1" "$0" < "$2" > "$3" 2> "$4"';
    spawn('sh', ['-c', command, compile(points), LIFE_S, questions, answers, join(this.folder, 'errors')], {
      stdio: 'ignore',
    });
    this.from = openSync(answers, 'r');
    onTestFinished(() => this.close());
  }

  /** Its clock is at `ms`; it takes these bytes (latin1) and its sketch goes round so many times. */
  run(ms: number, rounds: number, bytes = ''): HostRun {
    const [said = '-', ...done] = this.ask(`run ${ms} ${rounds} ${hex(bytes)}`).split(' ');
    return {
      said: text(said),
      done: done.map((entry) => {
        const [point = '', value = '-'] = entry.split('=');
        return { point, value: text(value) };
      }),
    };
  }

  /** Moves a sensor, or what else its sketch knows under that name. */
  sense(point: string, value: string): void {
    this.ask(`sense ${point} ${hex(value)}`);
  }

  /** What a line reader that was spoken to makes of each line in these bytes (latin1): `bad`, or its verb and fields. */
  judge(bytes: string): string[] {
    const verdicts = this.ask(`judge ${hex(bytes)}`);
    return verdicts === '-' ? [] : verdicts.split(',');
  }

  /** A field as a number in units of 10^-`places`; undefined where it is none. */
  number(places: number | 'whole', field: string): number | undefined {
    const answer = this.ask(`number ${places === 'whole' ? 255 : places} ${hex(field)}`);
    return answer === 'bad' ? undefined : Number(answer);
  }

  /** The field of a number in units of 10^-`places`. */
  print(places: number, units: number): string {
    return this.ask(`print ${places} ${units}`);
  }

  /** The text that a field spells; undefined where it spells none. */
  decodeText(field: string): string | undefined {
    const answer = this.ask(`text ${hex(field)}`);
    return answer === 'bad' ? undefined : Buffer.from(text(answer), 'latin1').toString('utf8');
  }

  encodeText(value: string): string {
    return text(this.ask(`spell ${hex(Buffer.from(value, 'utf8').toString('latin1'))}`));
  }

  crc(value: string): string {
    return this.ask(`crc ${hex(value)}`);
  }

  private ask(question: string): string {
    writeSync(this.to, `${question}\n`);
    const bytes = Buffer.alloc(65_536);
    for (;;) {
      const end = this.rest.indexOf('\n');
      if (end >= 0) {
        const answer = this.rest.slice(0, end);
        this.rest = this.rest.slice(end + 1);
        return answer;
      }
      const count = readSync(this.from, bytes);
      if (count === 0) throw new Error(`the core ended at: ${question}\n${this.errors()}`);
      this.rest += bytes.toString('latin1', 0, count);
    }
  }

  private errors(): string {
    return readFileSync(join(this.folder, 'errors'), 'utf8');
  }

  /** Ends it; throws what the sanitizers found. At the latest a test's end does so. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    closeSync(this.to);
    // It has ended, and the sanitizers with it, once there is nothing more to read.
    const bytes = Buffer.alloc(65_536);
    while (readSync(this.from, bytes) > 0);
    closeSync(this.from);
    const errors = this.errors();
    rmSync(this.folder, { recursive: true });
    if (errors !== '') throw new Error(errors);
  }
}

const hex = (bytes: string) => Buffer.from(bytes, 'latin1').toString('hex') || '-';
const text = (digits: string) => (digits === '-' ? '' : Buffer.from(digits, 'hex').toString('latin1'));
