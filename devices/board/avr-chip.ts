import {
  AVRADC,
  AVRClock,
  AVREEPROM,
  AVRIOPort,
  AVRTimer,
  AVRWatchdog,
  adcConfig,
  avrInstruction,
  CPU,
  EEPROMMemoryBackend,
  portBConfig,
  portCConfig,
  portDConfig,
  timer0Config,
  timer1Config,
  timer2Config,
  watchdogConfig,
} from 'avr8js';
import { AvrUsart } from './avr-usart.js';

/** Cycles a second. */
export const AVR_HZ = 16_000_000;
export const AVR_FLASH_BYTES = 32_768;
const SRAM_BYTES = 2_048;
const EEPROM_BYTES = 1_024;
/** Where the memory begins, behind registers and input and output. */
const SRAM_START = 0x100;
const MCUSR = 0x54;
/** A register without any effect, for marks that a sketch makes. */
const GPIOR0 = 0x3e;
/** While the chip is held, time goes on in steps that are short beside a byte on the line. */
const HELD_CYCLES = 400;

/** What made the chip start, as its register MCUSR says it. */
export type ResetCause = 'power' | 'external' | 'watchdog';
const CAUSE = { power: 0x01, external: 0x02, watchdog: 0x08 } as const;

/** The parts of the chip that begin anew with each reset. */
export interface AvrCore {
  readonly cpu: CPU;
  readonly usart: AvrUsart;
  readonly adc: AVRADC;
  readonly ports: { readonly B: AVRIOPort; readonly C: AVRIOPort; readonly D: AVRIOPort };
}

interface Appointment {
  readonly cycle: number;
  readonly fn: () => void;
}

/** An ATmega328P at 16 MHz with a program in its flash. Its cycles count on over all resets. */
export class AvrChip {
  /** What makes the chip's surroundings fit a core that begins anew. */
  onReset: (core: AvrCore) => void = () => {};
  /** Called when the sketch writes to GPIOR0. */
  onMark: (value: number, cycle: number) => void = () => {};
  /** Non-volatile, whatever happens. */
  readonly eeprom = new EEPROMMemoryBackend(EEPROM_BYTES);
  /** How often it started, for whatever reason. */
  starts = 0;

  private readonly program: Uint16Array;
  private readonly appointments = new Set<Appointment>();
  private core: AvrCore;
  private heldUntil = 0;
  private barked = false;
  private busy = false;

  /** `flash`: AVR_FLASH_BYTES of program. */
  constructor(flash: Uint8Array) {
    this.program = new Uint16Array(flash.slice().buffer);
    this.core = this.build(0);
  }

  get cycles(): number {
    return this.core.cpu.cycles;
  }

  /** True while it runs: asked from within. */
  get running(): boolean {
    return this.busy;
  }

  get cpu(): CPU {
    return this.core.cpu;
  }

  get usart(): AvrUsart {
    return this.core.usart;
  }

  /** Switches it on: its memory holds anything, as `random` has it. */
  powerOn(random: () => number): void {
    this.core.cpu.data.fill(0);
    for (let at = SRAM_START; at < this.core.cpu.data.length; at++) this.core.cpu.data[at] = 256 * random();
    this.reset('power');
  }

  /** Switches it off: all pins are let go of. */
  powerOff(): void {
    this.renew(0);
  }

  /** Starts the program anew; the memory stays. With `heldFor` cycles of nothing before, as a boot loader takes them. */
  reset(cause: ResetCause, heldFor = 0): void {
    const causes = cause === 'power' ? 0 : (this.core.cpu.data[MCUSR] ?? 0);
    this.renew(causes | CAUSE[cause]);
    this.heldUntil = this.cycles + heldFor;
    this.starts++;
  }

  /** Runs until the cycle is reached; the last instruction may go a little beyond it. */
  run(until: number): void {
    // What the chip does may make its surroundings ask for the present, in the middle of it.
    if (this.busy) return;
    this.busy = true;
    while (this.core.cpu.cycles < until) {
      if (this.barked) this.reset('watchdog');
      else if (this.core.cpu.cycles < this.heldUntil) this.hold(Math.min(until, this.heldUntil));
      else this.execute(until);
    }
    this.busy = false;
  }

  /** One instruction, and what falls due with it. */
  step(): void {
    avrInstruction(this.core.cpu);
    this.core.cpu.tick();
  }

  /** Something outside happens after so many cycles, whether the chip is reset meanwhile or not. */
  after(cycles: number, fn: () => void): void {
    const appointment = { cycle: this.cycles + cycles, fn };
    this.appointments.add(appointment);
    this.schedule(appointment);
  }

  private execute(until: number): void {
    const { cpu } = this.core;
    // Looked up once: this is the loop in which all the time goes.
    const execute = avrInstruction;
    while (cpu.cycles < until && !this.barked) {
      execute(cpu);
      cpu.tick();
    }
  }

  private hold(until: number): void {
    const { cpu } = this.core;
    while (cpu.cycles < until) {
      cpu.cycles = Math.min(until, cpu.cycles + HELD_CYCLES);
      cpu.tick();
    }
  }

  private renew(causes: number): void {
    const { cpu, usart } = this.core;
    this.core = this.build(cpu.cycles);
    this.core.usart.overruns = usart.overruns;
    this.core.usart.unheard = usart.unheard;
    this.core.cpu.data.set(cpu.data.subarray(SRAM_START), SRAM_START);
    this.core.cpu.data[MCUSR] = causes;
    this.heldUntil = 0;
    this.barked = false;
    for (const appointment of this.appointments) this.schedule(appointment);
    this.onReset(this.core);
  }

  private schedule(appointment: Appointment): void {
    const { cpu } = this.core;
    cpu.addClockEvent(() => {
      this.appointments.delete(appointment);
      appointment.fn();
    }, appointment.cycle - cpu.cycles);
  }

  private build(cycles: number): AvrCore {
    const cpu = new CPU(this.program, SRAM_BYTES);
    cpu.cycles = cycles;
    // The watchdog asks for a reset in the middle of an instruction; it is carried out after that.
    cpu.reset = () => {
      this.barked = true;
    };
    cpu.writeHooks[GPIOR0] = (value) => {
      this.onMark(value, cpu.cycles);
    };
    const ports = {
      B: new AVRIOPort(cpu, portBConfig),
      C: new AVRIOPort(cpu, portCConfig),
      D: new AVRIOPort(cpu, portDConfig),
    };
    for (const config of [timer0Config, timer1Config, timer2Config]) new AVRTimer(cpu, config);
    new AVREEPROM(cpu, this.eeprom);
    new AVRWatchdog(cpu, watchdogConfig, new AVRClock(cpu, AVR_HZ));
    return { cpu, ports, usart: new AvrUsart(cpu), adc: new AVRADC(cpu, adcConfig) };
  }
}
