import { z } from 'zod';

const RATE = /^(\d+(?:\.\d+)?)(Hz|kHz)$/;
const PATTERN = '^[0-9]+(\\.[0-9]+)?(Hz|kHz)$';
const LOWEST = 1;
const HIGHEST = 1_000_000;

/** A rate with its unit, such as `50Hz` or `25kHz`, from 1 Hz to 1 MHz; becomes hertz. A bare number is refused. */
export const rate = z
  .union([z.string(), z.number()], { error: 'expected a rate such as `50Hz` or `25kHz`' })
  .transform((given, context) => {
    const match = RATE.exec(String(given));
    const hertz = match ? Number(match[1]) * (match[2] === 'kHz' ? 1000 : 1) : Number.NaN;
    if (hertz >= LOWEST && hertz <= HIGHEST) return hertz;
    const bare = /^\d+(\.\d+)?$/.test(String(given));
    context.addIssue({
      code: 'custom',
      message: bare ? 'a rate needs a unit' : match ? 'must be between 1Hz and 1000kHz' : 'not a rate',
      params: { hint: bare ? `add a unit, for example \`${given}Hz\`` : 'write it as `50Hz` or `25kHz`' },
    });
    return z.NEVER;
  })
  .meta({ jsonSchema: { type: 'string', pattern: PATTERN }, typeName: 'rate' });
