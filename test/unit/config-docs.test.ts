import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { loadConfig } from '../../src/config/load.js';
import { configJsonSchema, configMarkdown } from '../../src/config/reference.js';

const root = new URL('../../', import.meta.url);
const doc = (name: string) => readFileSync(new URL(`docs/${name}`, root), 'utf8');

describe('the reference in docs/', () => {
  it('is what the schemas say; `npm run docs` writes it anew', () => {
    expect(doc('config.md')).toBe(configMarkdown(drivers));
    expect(JSON.parse(doc('config.schema.json'))).toEqual(JSON.parse(JSON.stringify(configJsonSchema(drivers))));
  });

  it('names every option of every driver', () => {
    const text = configMarkdown(drivers);
    for (const path of ['relay.roomKey', 'devices.<id>.baud', 'devices.<id>.points.<id>.safe', 'publish.keyframe']) {
      expect(text).toContain(`\`${path}\``);
    }
  });
});

describe('the examples', () => {
  const folder = new URL('scripts/examples/', root);
  const configs = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it.each(configs)('%s holds, without warnings', (name) => {
    const context = { env: {}, drivers, homeDir: '/home/pi', hostname: 'pi' };
    const { warnings } = loadConfig(new URL(name, folder).pathname, context);
    expect(warnings).toEqual([]);
  });
});
