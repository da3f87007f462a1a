import { MAX_INTEGER, RESERVED_IDS } from './limits.js';
import { decodeText } from './text.js';

const ID = /^[a-z][a-z0-9_]{0,15}$/;
/** One field: printable ASCII without space and star. */
const TOKEN = /^[!-)+-~]+$/;

/** True for ids of boards and points, and names of events; the reserved ones are none. */
export const isId = (text: string): boolean => ID.test(text) && !RESERVED_IDS.has(text);
const isToken = (text: string): boolean => TOKEN.test(text);

/** Reads the fields of one line in order. What does not fit makes it `bad`; reading on does no harm. */
export class Fields {
  bad = false;
  private next = 0;

  constructor(private readonly fields: readonly string[]) {}

  /** Number of fields not read yet. */
  get left(): number {
    return this.fields.length - this.next;
  }

  /** Any one field. */
  token(): string {
    const field = this.fields[this.next++];
    return field !== undefined && isToken(field) ? field : this.refuse('');
  }

  /** A whole number without needless zeros. */
  integer(max = MAX_INTEGER, min = 0): number {
    const field = this.token();
    const value = /^(?:0|[1-9]\d{0,8})$/.test(field) ? Number(field) : Number.NaN;
    return value >= min && value <= max ? value : this.refuse(min);
  }

  id(): string {
    const field = this.token();
    return isId(field) ? field : this.refuse('');
  }

  /** Percent-encoded text whose field has at most `max` bytes. */
  text(max: number): string {
    const field = this.token();
    const text = field.length <= max ? decodeText(field) : undefined;
    return text ?? this.refuse('');
  }

  oneOf<Word extends string>(words: readonly Word[]): Word {
    const field = this.token();
    return words.find((word) => word === field) ?? this.refuse(words[0] as Word);
  }

  hex8(): string {
    const field = this.token();
    return /^[0-9A-F]{8}$/.test(field) ? field : this.refuse('');
  }

  /** Reads past all that is left. */
  skip(): void {
    this.next = this.fields.length;
  }

  refuse<T>(instead: T): T {
    this.bad = true;
    return instead;
  }
}
