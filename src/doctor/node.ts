import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

/** The first version that this program runs on. */
const NEEDED = [20, 19] as const;

/** Packages with native code, what each is for, and whether the bridge can do without it. */
const NATIVE = [
  { name: 'serialport', purpose: 'serial ports', optional: false },
  { name: 'koffi', purpose: 'GPIO, the service manager and simulated boards', optional: false },
  { name: 'onoff', purpose: 'GPIO through sysfs', optional: true },
] as const;

/** Node.js itself, and whether the packages with native code load in it. */
export async function nodeCheck({ machine, unit }: Subject): Promise<Finding[]> {
  const { version, abi, execPath } = machine.facts.node;
  const findings: Finding[] = [];
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isOld = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
  const what = `Node.js ${version} (ABI ${abi}) at ${execPath}`;
  if (isOld) {
    const text = `${what} is older than ${NEEDED.join('.')}.`;
    findings.push({ check: 'node', level: 'bad', text, fix: 'sudo apt install nodejs   # or from https://nodejs.org' });
  } else findings.push({ check: 'node', level: 'ok', text: `${what}.` });
  for (const native of NATIVE) findings.push(await loads(native, machine.facts.load));
  const serviceNode = unit?.command[0];
  if (serviceNode !== undefined && machine.real(serviceNode) === undefined) {
    const text = `The service is started with ${serviceNode}, which is not there any more.`;
    findings.push({ check: 'node', level: 'bad', text, fix: `sudo ${machine.facts.home}/scripts/install.sh` });
  } else if (serviceNode !== undefined && machine.real(serviceNode) !== machine.real(execPath)) {
    const text = `The service runs on another Node.js, ${serviceNode}; what loads here may not load there.`;
    findings.push({ check: 'node', level: 'hint', text, fix: `${serviceNode} ${unit?.command[1] ?? ''} doctor` });
  }
  return findings;
}

async function loads(
  { name, purpose, optional }: (typeof NATIVE)[number],
  load: (name: string) => Promise<unknown>,
): Promise<Finding> {
  try {
    await load(name);
    return { check: 'node', level: 'ok', text: `The native package ${name} loads (${purpose}).` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const text = `The native package ${name} ${missing ? 'is not installed' : 'does not load in this Node.js'} (${purpose}).`;
    const level = optional ? 'hint' : 'bad';
    const fix = missing ? `npm install ${name}` : `npm rebuild ${name === 'onoff' ? 'epoll' : name}`;
    return { check: 'node', level, text, fix };
  }
}
