import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../support/program.js';

const ROOT = join(import.meta.dirname, '../..');
const UNIT = 'etc/systemd/system/carter-bridge.service';
const RULES = 'etc/udev/rules.d/70-carter-bridge.rules';
const CONFIG = 'etc/carter-bridge/bridge.yaml';

const has = (program: string) => spawnSync('which', [program]).status === 0;

function newRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'install-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs one of the scripts with everything below a made-up root. */
function script(name: 'install.sh' | 'uninstall.sh', root: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'scripts', name), args, {
    env: { ...process.env, DESTDIR: root },
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(root, name)).isFile())
    .sort();

describe('the install script', () => {
  it('installs unit, rules and config, which are sound', async () => {
    const root = newRoot();
    const { status, err } = script('install.sh', root);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(filesIn(root)).toEqual([CONFIG, UNIT, RULES]);
    const unit = readFileSync(join(root, UNIT), 'utf8');
    expect(unit).toMatch(
      /^ExecStart=\/\S*node\S* \/\S+\/dist\/src\/main\.js run --config \/etc\/carter-bridge\/bridge\.yaml$/m,
    );
    expect(unit).not.toMatch(/@[A-Z]+@/);
    expect(statSync(join(root, CONFIG)).mode & 0o777).toBe(0o640);
    const { code, err: problems } = await runProgram(['validate', join(root, CONFIG)]);
    expect({ code, problems }).toEqual({ code: 0, problems: '' });
  });

  it('has a crash followed by the command that makes outputs safe, of the same program', async () => {
    const root = newRoot();
    script('install.sh', root);
    const unit = readFileSync(join(root, UNIT), 'utf8');
    const command = (key: string) => new RegExp(`^${key}=(\\S+ \\S+) (.*)$`, 'm').exec(unit) ?? [];
    const [, start, ...startArguments] = command('ExecStart');
    const [, stop, ...stopArguments] = command('ExecStopPost');
    expect([stop, ...stopArguments]).toEqual([start, 'safe --config /etc/carter-bridge/bridge.yaml']);
    expect(startArguments).toEqual(['run --config /etc/carter-bridge/bridge.yaml']);
    const [node = '', main = ''] = stop?.split(' ') ?? [];
    const config = join(root, 'pins.yaml');
    const pins = 'devices: { pins: { driver: gpio, backend: sysfs, points: { lamp: { pin: 17, direction: out } } } }';
    writeFileSync(config, `bridge: { stateDir: ${root} }\n${pins}\n`);
    const { status, stderr } = spawnSync(node, [main, 'safe', '--config', config], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('changes nothing when it runs again, and keeps the owner’s config', () => {
    const root = newRoot();
    script('install.sh', root);
    writeFileSync(join(root, CONFIG), 'devices: {}\n');
    const before = statSync(join(root, UNIT)).mtimeMs;
    const { status, out } = script('install.sh', root);
    expect(status).toBe(0);
    expect(out).toContain('nothing was to be changed');
    expect(statSync(join(root, UNIT)).mtimeMs).toBe(before);
    expect(readFileSync(join(root, CONFIG), 'utf8')).toBe('devices: {}\n');
    writeFileSync(join(root, UNIT), 'an older one');
    expect(script('install.sh', root).out).toContain(`written: ${join(root, UNIT)}`);
  });

  it('writes nothing in a dry run', () => {
    const root = newRoot();
    const { status, out } = script('install.sh', root, '--dry-run');
    expect(status).toBe(0);
    expect(out).toContain(`would write: ${join(root, UNIT)}`);
    expect(filesIn(root)).toEqual([]);
  });

  it.each([
    [['--what'], 2, /usage:/],
    [['--node'], 2, /usage:/],
    [['--node', '/nonexistent/node'], 1, /is no program/],
  ])('refuses %j', (args, code, text) => {
    const { status, out, err } = script('install.sh', newRoot(), ...args);
    expect(status).toBe(code);
    expect(out + err).toMatch(text);
  });
});

describe('the uninstall script', () => {
  it('takes away what was installed, and the config only when told to', () => {
    const root = newRoot();
    script('install.sh', root);
    expect(script('uninstall.sh', root, '--dry-run').status).toBe(0);
    expect(filesIn(root)).toHaveLength(3);
    expect(script('uninstall.sh', root).status).toBe(0);
    expect(filesIn(root)).toEqual([CONFIG]);
    expect(script('uninstall.sh', root, '--purge').status).toBe(0);
    expect(filesIn(root)).toEqual([]);
    expect(script('uninstall.sh', root, '--purge').status).toBe(0);
    expect(script('uninstall.sh', root, '--all').status).toBe(2);
  });
});

describe('the unit', () => {
  const unit = readFileSync(join(ROOT, 'scripts/systemd/carter-bridge.service'), 'utf8');

  it('keeps the service in its sandbox', () => {
    for (const line of [
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'CapabilityBoundingSet=',
      'DevicePolicy=closed',
    ]) {
      expect(unit.split('\n')).toContain(line);
    }
  });

  it.skipIf(!has('systemd-analyze'))('passes systemd’s own check (needs systemd-analyze)', () => {
    const root = newRoot();
    script('install.sh', root);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', join(root, UNIT)], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const threshold = ['security', '--offline=true', '--threshold=25', join(root, UNIT)];
    expect(spawnSync('systemd-analyze', threshold).status).toBe(0);
  });
});

it.skipIf(!has('shellcheck'))('the scripts pass shellcheck (needs shellcheck)', () => {
  const scripts = ['install.sh', 'uninstall.sh'].map((name) => join(ROOT, 'scripts', name));
  const { status, stdout } = spawnSync('shellcheck', scripts, { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

it('the package holds what a service needs, and nothing else', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--silent'], { cwd: ROOT, encoding: 'utf8' }),
  );
  const files = packed.files.map(({ path }: { path: string }) => path);
  for (const name of [
    'scripts/install.sh',
    'scripts/uninstall.sh',
    'scripts/systemd/carter-bridge.service',
    'scripts/systemd/bridge.yaml',
    'scripts/udev/70-carter-bridge.rules',
    'scripts/docker/Dockerfile',
    'scripts/docker/compose.yaml',
    'dist/src/panel/page/index.html',
    'dist/src/panel/page/panel.js',
    'dist/src/panel/page/panel.css',
    'dist/src/panel/page/licences.txt',
  ]) {
    expect(files).toContain(name);
    expect(existsSync(join(ROOT, name))).toBe(true);
  }
  const runs = /^(dist\/(src|devices|firmware-protocol)|devices\/board\/firmware|firmware-protocol\/arduino|docs)\//;
  const serves = /^scripts\/(docker|examples|systemd|udev|(un)?install\.sh)/;
  const told = /^(package\.json|(.+\/)?README\.md|SECURITY\.md|LICENSE)$/;
  expect(files.filter((path: string) => ![runs, serves, told].some((known) => known.test(path)))).toEqual([]);
  expect(files.filter((path: string) => /\.(test|map|tsbuildinfo|env|pem|key)\b|node_modules/.test(path))).toEqual([]);
});
