// Prints what ships, with its checksums (CycloneDX 1.5): what is installed with the program, and what is in the panel's page.
import { spawnSync } from 'node:child_process';
import { BUNDLED } from './bundled.mjs';

const { status, stdout, stderr } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) throw new Error(`npm sbom failed: ${stderr}`);
const bom = JSON.parse(stdout);
const isTool = ({ name, properties = [] }) =>
  !BUNDLED.includes(name) && properties.some((property) => property.name === 'cdx:npm:package:development');
bom.components = bom.components.filter((component) => !isTool(component));
const kept = new Set([bom.metadata.component, ...bom.components].map((component) => component['bom-ref']));
bom.dependencies = bom.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
console.log(JSON.stringify(bom, null, 2));
