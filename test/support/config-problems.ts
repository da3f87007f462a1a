import { drivers } from '../../devices/index.js';
import { ConfigError } from '../../src/config/config-error.js';
import { parseConfig } from '../../src/config/load.js';

const context = { env: {}, drivers, homeDir: '/home/pi', hostname: 'pi' };

/** The config that a text means, with the drivers that ship; throws a ConfigError. */
export const parse = (text: string) => parseConfig({ path: 'b.yaml', text, shared: false }, context).config;

/** What is wrong with a text, a line each. */
export function problemsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}
