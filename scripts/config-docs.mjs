// Writes docs/config.md and docs/config.schema.json from the schemas of the build; `npm run docs` runs it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { drivers } from '../dist/devices/index.js';
import { configJsonSchema, configMarkdown } from '../dist/src/config/reference.js';

const folder = new URL('../docs/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('config.md', folder), configMarkdown(drivers));
writeFileSync(new URL('config.schema.json', folder), `${JSON.stringify(configJsonSchema(drivers), null, 2)}\n`);
