import type { CPU } from 'avr8js';

/** Registers of USART0, and its interrupts, in the ATmega328P. */
const UCSRA = 0xc0;
const UCSRB = 0xc1;
const UCSRC = 0xc2;
const UBRRL = 0xc4;
const UBRRH = 0xc5;
const UDR = 0xc6;

const RXC = 0x80;
const TXC = 0x40;
const UDRE = 0x20;
const DOR = 0x08;
const U2X = 0x02;
const MPCM = 0x01;
/** In UCSRB. */
const RXEN = 0x10;
const TXEN = 0x08;

/** Received bytes that wait for the sketch: two in the buffer, and one where it was received. */
const DEPTH = 3;
/** Start bit, 8 data bits, stop bit. */
const BITS = 10;

const source = (address: number, flagMask: number, enableMask: number, constant: boolean) => ({
  address,
  flagRegister: UCSRA,
  flagMask,
  enableRegister: UCSRB,
  enableMask,
  constant,
});
/** These two ask for as long as their flag is up. */
const RECEIVED = source(0x24, RXC, RXC, true);
const EMPTY = source(0x26, UDRE, UDRE, true);
const TRANSMITTED = source(0x28, TXC, TXC, false);

/**
 * The chip's serial port, 8N1, by its data sheet: sending is buffered by one byte, receiving by two and the one that is
 * just there. A byte that begins when all three are waiting costs one, and is counted. (The one of avr8js holds a single
 * byte each way, and forgets a received one when its control register is written.)
 */
export class AvrUsart {
  /** Bytes lost because the sketch did not fetch earlier ones in time. */
  overruns = 0;
  /** Bytes that came while the receiver was off. */
  unheard = 0;
  /** Called with each byte when its stop bit is out. */
  onByte: (byte: number) => void = () => {};

  private received: number[] = [];
  private sending = false;
  private next: number | undefined;

  constructor(private readonly cpu: CPU) {
    const { data, readHooks, writeHooks } = cpu;
    data[UCSRA] = UDRE;
    data[UCSRC] = 0x06;
    readHooks[UDR] = () => this.fetch();
    writeHooks[UDR] = (value) => {
      this.put(value);
      // What is read there is another register.
      return true;
    };
    writeHooks[UCSRA] = (value) => {
      data[UCSRA] = (this.status & ~(U2X | MPCM)) | (value & (U2X | MPCM));
      cpu.clearInterruptByFlag(TRANSMITTED, value);
      return true;
    };
    writeHooks[UCSRB] = (value) => {
      data[UCSRB] = value;
      if (!(value & RXEN)) this.flush();
      for (const interrupt of [RECEIVED, EMPTY, TRANSMITTED]) cpu.updateInterruptEnable(interrupt, value);
      return true;
    };
  }

  /** Cycles that one byte takes at the rate that the sketch has chosen. */
  get byteCycles(): number {
    const divisor = (((this.cpu.data[UBRRH] ?? 0) & 0x0f) << 8) | (this.cpu.data[UBRRL] ?? 0);
    return (divisor + 1) * (this.status & U2X ? 8 : 16) * BITS;
  }

  /** The start bit of a byte from outside; `arrive` follows when the byte is complete. */
  begin(): void {
    if (this.received.length < DEPTH) return;
    this.received.pop();
    this.cpu.data[UCSRA] = this.status | DOR;
    this.overruns++;
  }

  /** A byte from outside is complete. */
  arrive(byte: number): void {
    if (!this.enabled(RXEN)) {
      this.unheard++;
      return;
    }
    this.received.push(byte);
    this.cpu.setInterruptFlag(RECEIVED);
  }

  private get status(): number {
    return this.cpu.data[UCSRA] ?? 0;
  }

  private enabled(mask: number): boolean {
    return ((this.cpu.data[UCSRB] ?? 0) & mask) !== 0;
  }

  private fetch(): number {
    const byte = this.received.shift() ?? 0;
    this.cpu.data[UCSRA] = this.status & ~DOR;
    if (this.received.length === 0) this.cpu.clearInterrupt(RECEIVED);
    return byte;
  }

  private flush(): void {
    this.received = [];
    this.cpu.data[UCSRA] = this.status & ~DOR;
    this.cpu.clearInterrupt(RECEIVED);
  }

  private put(byte: number): void {
    if (!this.enabled(TXEN)) return;
    if (!this.sending) {
      this.send(byte);
    } else if (this.next === undefined) {
      this.next = byte;
      this.cpu.clearInterrupt(EMPTY);
    }
  }

  private send(byte: number): void {
    this.sending = true;
    this.cpu.addClockEvent(() => this.sent(byte), this.byteCycles);
  }

  private sent(byte: number): void {
    this.sending = false;
    this.onByte(byte);
    if (this.next === undefined) {
      this.cpu.setInterruptFlag(TRANSMITTED);
      return;
    }
    const { next } = this;
    this.next = undefined;
    this.send(next);
    this.cpu.setInterruptFlag(EMPTY);
  }
}
