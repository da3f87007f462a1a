/** One thing that a rule looks at or sets: `ATTR{idVendor}=="1a86"`. */
export interface UdevTerm {
  readonly key: string;
  readonly attribute: string | undefined;
  readonly operator: string;
  readonly value: string;
}

const TERM = /^\s*([A-Z_]+)(?:\{([^}]+)\})?\s*(==|!=|\+=|:=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/;
/** Keys of udev(7) that these rules may use, with the operators that each has: to compare, or to set. */
const COMPARED = ['ACTION', 'KERNEL', 'SUBSYSTEM', 'SUBSYSTEMS', 'DRIVER', 'ATTR', 'ATTRS', 'ENV'];
const SET = ['ENV', 'ATTR', 'GROUP', 'MODE', 'SYMLINK', 'RUN', 'GOTO', 'LABEL'];

/** Reads udev rules, a rule a line; throws with the line where udev would complain. */
export function parseUdevRules(text: string): UdevTerm[][] {
  const lines = text.split('\n').map((line, index) => [line, index + 1] as const);
  return lines.filter(([line]) => !/^\s*(#|$)/.test(line)).map(([line, number]) => parseRule(line, number));
}

function parseRule(line: string, number: number): UdevTerm[] {
  const terms: UdevTerm[] = [];
  for (let rest = line; rest.trim() !== ''; ) {
    const match = TERM.exec(rest);
    if (!match) throw new Error(`line ${number}: can't read ${rest}`);
    const [all, key = '', attribute, operator = '', value = ''] = match;
    const known = operator === '==' || operator === '!=' ? COMPARED : SET;
    if (!known.includes(key)) throw new Error(`line ${number}: ${key} can't have ${operator}`);
    terms.push({ key, attribute, operator, value });
    rest = rest.slice(all.length);
  }
  return terms;
}
