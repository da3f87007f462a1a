import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Source {
  readonly path: string;
  readonly text: string;
  /** Paths of our own files, and names of packages. */
  readonly imports: readonly string[];
  /** Those of them that are there when the program runs: types are not. */
  readonly loads: readonly string[];
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

function sourcesOf(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(ROOT, path), 'utf8');
      const found = [...text.matchAll(IMPORT)].map((match) => {
        const target = match[1] ?? match[2] ?? '';
        const file = target.startsWith('.') ? sourceAt(normalize(join(dirname(path), target))) : target;
        return { file, isType: /^\s*(import|export)\s+type\s/.test(match[0]) };
      });
      const imports = found.map(({ file }) => file);
      return { path, text, imports, loads: found.filter(({ isType }) => !isType).map(({ file }) => file) };
    });
}

/** The source of a module as imports name it. */
function sourceAt(path: string): string {
  const drawn = path.replace(/\.js$/, '.tsx');
  return existsSync(join(ROOT, drawn)) ? drawn : path.replace(/\.js$/, '.ts');
}

const sources = ['src', 'devices', 'firmware-protocol'].flatMap(sourcesOf);

/** Every file and import that breaks the rule, as readable lines. */
function violations(files: (path: string) => boolean, allowed: (target: string, path: string) => boolean): string[] {
  return sources
    .filter(({ path }) => files(path))
    .flatMap(({ path, imports }) =>
      imports.filter((target) => !allowed(target, path)).map((target) => `${path} imports ${target}`),
    );
}

function users(pattern: RegExp): string[] {
  return sources.filter(({ text }) => pattern.test(stripComments(text))).map(({ path }) => path);
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

describe('the structure of the code', () => {
  it('sees the sources', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.find(({ path }) => path === 'src/main.ts')?.imports).toContain('devices/index.ts');
  });

  it('the board protocol imports nothing', () => {
    expect(
      violations(
        (path) => path.startsWith('firmware-protocol/'),
        (target) => target.startsWith('firmware-protocol/'),
      ),
    ).toEqual([]);
  });

  it('drivers know the driver interface and nothing else of the bridge', () => {
    const open = new Set([
      'src/port/line-link.ts',
      'src/port/pin.ts',
      'src/clock.ts',
      'src/error.ts',
      'src/log.ts',
      'src/text.ts',
    ]);
    const libraries = new Set(['zod', 're2js', '@eslint-community/regexpp', 'avr8js']);
    const allowed = (target: string) =>
      open.has(target) || libraries.has(target) || /^(src\/device|devices|firmware-protocol)\//.test(target);
    expect(violations((path) => path.startsWith('devices/'), allowed)).toEqual([]);
  });

  it('a driver imports no other driver', () => {
    const inFolder = (path: string) => /^devices\/[^/]+\//.test(path);
    const allowed = (target: string, path: string) =>
      !target.startsWith('devices/') || target.startsWith(`${path.split('/').slice(0, 2).join('/')}/`);
    expect(violations(inFolder, allowed)).toEqual([]);
  });

  it('the bridge gets its drivers passed in', () => {
    const inBridge = (path: string) => path.startsWith('src/') && path !== 'src/main.ts';
    expect(violations(inBridge, (target) => !target.startsWith('devices/'))).toEqual([]);
  });

  it('devices and mesh do not know each other', () => {
    const deviceSide = (path: string) => /^src\/(device|port|state)\//.test(path);
    expect(violations(deviceSide, (target) => !/^src\/(mesh|relay|frame|action|cli)\//.test(target))).toEqual([]);
    const meshSide = (path: string) => /^src\/(mesh|relay)\//.test(path);
    expect(violations(meshSide, (target) => !/^src\/(device|port|state|frame|action|cli)\//.test(target))).toEqual([]);
  });

  it('the doctor looks and touches nothing that runs', () => {
    const inDoctor = (path: string) => path.startsWith('src/doctor/');
    const open = new Set(['src/clock.ts', 'src/error.ts', 'src/text.ts', 'src/config/schema.ts', 'src/mesh/frame.ts']);
    const allowed = (target: string) => open.has(target) || /^(src\/(doctor|port)\/|node:)/.test(target);
    expect(violations(inDoctor, allowed)).toEqual([]);
    const others = (path: string) => !/^src\/(doctor|cli)\//.test(path);
    expect(violations(others, (target) => !target.startsWith('src/doctor/'))).toEqual([]);
  });

  it('the metrics look and touch nothing', () => {
    const loaded = (path: string) => sources.find((source) => source.path === path)?.loads ?? [];
    const open = new Set([
      'src/error.ts',
      'src/senders.ts',
      'src/status.ts',
      'src/device/outcome.ts',
      'src/relay/limits.ts',
    ]);
    const strangers = sources
      .filter(({ path }) => path.startsWith('src/metrics/'))
      .flatMap(({ path }) => loaded(path).map((target) => [path, target] as const))
      .filter(([, target]) => !open.has(target) && !/^(src\/metrics\/|src\/http\/|node:)/.test(target));
    expect(strangers).toEqual([]);
  });

  it('web servers know nothing of what they serve', () => {
    const inHttp = (path: string) => path.startsWith('src/http/');
    expect(violations(inHttp, (target) => inHttp(target) || target.startsWith('node:'))).toEqual([]);
  });

  it('nothing that runs knows whether it is recorded', () => {
    const others = (path: string) => !/^src\/(record|cli)\//.test(path);
    expect(violations(others, (target) => !target.startsWith('src/record/'))).toEqual([]);
  });

  it.each([
    ['perf_hooks', /^node:perf_hooks$/, /^src\/metrics\/process-load\.ts$/],
    ['serialport', /^(serialport|@serialport\/.*)$/, /^src\/port\/serial-line-link[^/]*\.ts$/],
    ['onoff', /^onoff$/, /^src\/port\/onoff-[^/]*\.ts$/],
    [
      'koffi',
      /^koffi$/,
      /^src\/(port\/(virtual-port|chip-pins)|service\/notify-socket|state\/folder-claim|end-process)[^/]*\.ts$/,
    ],
    ['ws', /^ws$/, /^src\/(mesh\/client[^/]*|relay\/ws-[^/]*|panel\/sockets)\.ts$/],
    ['pino', /^pino(-pretty)?$/, /^src\/logger[^/]*\.ts$/],
    ['yaml', /^yaml$/, /^src\/config\/[^/]*\.ts$/],
    ['re2js', /^re2js$/, /^devices\/lines\/pattern\.ts$/],
    ['regexpp', /^@eslint-community\/regexpp$/, /^devices\/lines\/(pattern|render)\.ts$/],
    ['avr8js', /^avr8js$/, /^devices\/board\/avr-[^/]*\.ts$/],
    ['preact', /^preact(\/hooks)?$/, /^src\/panel\/page\/[^.]*\.tsx?$/],
    ['uplot', /^uplot$/, /^src\/panel\/page\/(plot|controls\/charts)\.tsx$/],
    ['lucide', /^lucide$/, /^src\/panel\/page\/[^.]*\.tsx?$/],
    ['uqr', /^uqr$/, /^src\/qr\.ts$/],
    ['selfsigned', /^selfsigned$/, /^src\/certificate\.ts$/],
    ['jsep', /^jsep$/, /^src\/state\/expression\.ts$/],
    ['commander', /^commander$/, /^src\/cli\/program\.ts$/],
  ])('%s has one place', (_name, name, place) => {
    const importers = sources.filter(({ imports }) => imports.some((target) => name.test(target)));
    expect(importers.map(({ path }) => path).filter((path) => !place.test(path))).toEqual([]);
  });

  it('only main.ts touches the process', () => {
    expect(users(/\bprocess\.|from 'node:process'/)).toEqual(['src/main.ts']);
  });

  it('time comes from the clock', () => {
    const pattern = /\b(setTimeout|setInterval|Date\.now|performance\.now|new Date\(\))\b/;
    expect(
      users(pattern).filter(
        (path) => !['src/main.ts', 'src/system-clock.ts', 'src/panel/page/browser-clock.ts'].includes(path),
      ),
    ).toEqual([]);
  });

  it('layouts are understood in a browser too', () => {
    // The package knows nothing but texts.
    const open = new Set(['src/mesh/frame.ts', 'src/text.ts', 'src/clock.ts', 'fastest-levenshtein']);
    const loaded = (path: string) => sources.find((source) => source.path === path)?.loads ?? [];
    const inBrowser = (path: string) => path.startsWith('src/layout/') || open.has(path);
    const strangers = sources
      .filter(({ path }) => inBrowser(path))
      .flatMap(({ path }) =>
        loaded(path)
          .filter((target) => !inBrowser(target))
          .map((target) => `${path} → ${target}`),
      );
    expect(strangers).toEqual([]);
    expect(users(/\b(Buffer|require|__dirname)\b/).filter(inBrowser)).toEqual([]);
  });

  it('the page of the panel knows layouts and nothing else of the bridge', () => {
    const open = new Set(['src/mesh/frame.ts', 'src/clock.ts', 'src/text.ts', 'src/qr.ts']);
    const libraries = new Set(['preact', 'preact/hooks', 'uplot', 'lucide']);
    const inPage = (path: string) => path.startsWith('src/panel/page/');
    const allowed = (target: string) =>
      open.has(target) || libraries.has(target) || /^src\/(layout|panel\/page)\//.test(target);
    expect(violations(inPage, allowed)).toEqual([]);
    expect(
      violations(
        (path) => !inPage(path),
        (target) => !inPage(target),
      ),
    ).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map(sources.map(({ path, imports }) => [path, imports]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]) => {
      const seen = trail.indexOf(path);
      if (seen >= 0) cycles.push([...trail.slice(seen), path].join(' → '));
      if (seen >= 0 || done.has(path)) return;
      for (const target of graph.get(path) ?? []) if (graph.has(target)) visit(target, [...trail, path]);
      done.add(path);
    };
    for (const path of graph.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it('keeps files small', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 260).map(({ path }) => path);
    expect(long).toEqual([]);
  });

  it('names every import by a file that exists', () => {
    const known = new Set(sources.map(({ path }) => path));
    const missing = violations(
      () => true,
      (target) => !/^(src|devices|firmware-protocol)\//.test(target) || known.has(relative('', target)),
    );
    expect(missing).toEqual([]);
  });
});
