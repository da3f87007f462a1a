// Removes what an earlier build left: a module that has gone since would be packed all the same.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

for (const folder of ['src', 'devices', 'firmware-protocol']) {
  rmSync(join(import.meta.dirname, '../dist', folder), { recursive: true, force: true });
}
